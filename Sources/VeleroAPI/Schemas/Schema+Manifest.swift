// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension Schema {
    /// The schema as OpenAPI v3 in the form of a custom resource definition.
    package var openAPI: JSONValue { openAPI(description: "") }

    /// The same, told in words at its head.
    func openAPI(description: String) -> JSONValue {
        var fields = JSONObject()
        if !description.isEmpty { fields["description"] = .string(description) }
        if !allowed.isEmpty { fields["enum"] = .array(allowed) }
        if let defaultValue { fields["default"] = defaultValue }
        if let format { fields["format"] = .string(format) }
        if let minimumCount { fields["minItems"] = .int(minimumCount) }
        if isNullable { fields["nullable"] = true }
        switch shape {
        case .string: fields["type"] = "string"
        case .integer: fields["type"] = "integer"
        case .boolean: fields["type"] = "boolean"
        case .array(let element):
            fields["type"] = "array"
            fields["items"] = element.openAPI
        case .map(let element):
            fields["type"] = "object"
            fields["additionalProperties"] = element.openAPI
        case .anyObject:
            fields["type"] = "object"
            fields["x-kubernetes-preserve-unknown-fields"] = true
        case .object(let properties):
            fields["type"] = "object"
            if isAtomic { fields["x-kubernetes-map-type"] = "atomic" }
            let required = properties.filter(\.isRequired).map(\.name)
            if !required.isEmpty { fields["required"] = .array(required) }
            if !properties.isEmpty {
                fields["properties"] = .object(
                    JSONObject(properties.map { ($0.name, $0.schema.openAPI(description: $0.description)) })
                )
            }
        }
        return .object(fields)
    }
}
