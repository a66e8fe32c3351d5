// SPDX-License-Identifier: Apache-2.0

import KubeModel

@testable import VeleroAPI

extension Schema {
    /// A value with every member the schema knows, to see that all of it is stored and read.
    var example: JSONValue {
        if let last = allowed.last { return .string(last) }
        switch (shape, format) {
        case (.string, "date-time"): return "2026-01-31T12:34:56Z"
        case (.string, "byte"): return "Y2VydGlmaWNhdGU="
        case (.string, _): return "1h0m0s"
        // More than a floating-point number holds exactly.
        case (.integer, "int64"): return .int(9_007_199_254_740_993)
        case (.integer, _): return 42
        case (.boolean, _): return true
        case (.array(let element), _): return [element.example]
        case (.map(let element), _): return .object(JSONObject([("key", element.example)]))
        case (.anyObject, _): return ["name": "setup", "env": [["name": "A", "value": "1"]], "count": 3]
        case (.object(let properties), _):
            return .object(JSONObject(properties.map { ($0.name, $0.schema.example) }))
        }
    }
}

extension CustomResource {
    /// An object of the kind with every field set.
    func example(name: String, namespace: String = "default") -> KubeObject {
        var object = KubeObject(type, name: name, namespace: namespace)
        for property in properties { object[property.name] = property.schema.example }
        return object
    }

    static func of(_ type: ResourceType) -> CustomResource? { all.first { $0.type == type } }
}
