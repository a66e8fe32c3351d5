// SPDX-License-Identifier: Apache-2.0

extension LabelSelector {
    /// Reads the form objects carry: `matchLabels` and `matchExpressions`.
    ///
    /// - Throws: ``SelectorError`` for unknown operators and values that do not fit them.
    package init(_ value: JSONValue) throws {
        self.init(matching: value["matchLabels"]?.stringMap ?? [:])
        for expression in value["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = expression["values"]?.strings ?? []
            let name = expression["operator"]?.string ?? ""
            requirements.append(LabelRequirement(key, try Self.condition(name, values, key)))
        }
        for requirement in requirements where !LabelName.isValidKey(requirement.key) {
            throw SelectorError("label selector: '\(requirement.key)' is no name of a label")
        }
    }

    private static func condition(
        _ name: String,
        _ values: [String],
        _ key: String
    ) throws -> LabelRequirement.Condition {
        switch name {
        case "In", "NotIn":
            guard !values.isEmpty else { throw SelectorError("label selector: \(name) on '\(key)' needs values") }
            return name == "In" ? .among(values) : .notAmong(values)
        case "Exists", "DoesNotExist":
            guard values.isEmpty else { throw SelectorError("label selector: \(name) on '\(key)' takes no values") }
            return name == "Exists" ? .exists : .missing
        default:
            throw SelectorError(
                "label selector: unknown operator '\(name)' on '\(key)'; use In, NotIn, Exists or DoesNotExist"
            )
        }
    }

    /// The form objects carry; nil for conditions it cannot express (comparisons with numbers).
    package var objectForm: JSONValue? {
        var labels: [String: String] = [:]
        var expressions: [JSONValue] = []
        for requirement in requirements {
            let key = requirement.key
            switch requirement.condition {
            case .equals(let value):
                if let other = labels[key], other != value { expressions.append(Self.expression(key, "In", [value])) }
                labels[key] = labels[key] ?? value
            case .notEquals(let value): expressions.append(Self.expression(key, "NotIn", [value]))
            case .among(let values): expressions.append(Self.expression(key, "In", values))
            case .notAmong(let values): expressions.append(Self.expression(key, "NotIn", values))
            case .exists: expressions.append(Self.expression(key, "Exists", nil))
            case .missing: expressions.append(Self.expression(key, "DoesNotExist", nil))
            case .greaterThan, .lessThan: return nil
            }
        }
        var form: JSONValue = [:]
        if !labels.isEmpty { form["matchLabels"] = .object(labels) }
        if !expressions.isEmpty { form["matchExpressions"] = .array(expressions) }
        return form
    }

    private static func expression(_ key: String, _ name: String, _ values: [String]?) -> JSONValue {
        var expression: JSONValue = ["key": .string(key), "operator": .string(name)]
        if let values { expression["values"] = .array(values) }
        return expression
    }
}
