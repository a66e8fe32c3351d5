// SPDX-License-Identifier: Apache-2.0

/// Chooses objects by the values of fields such as `metadata.name` or `spec.nodeName`; all conditions must hold.
///
/// Which fields a server takes depends on the kind.
package struct FieldSelector: Sendable, Hashable, CustomStringConvertible {
    /// One condition on one field.
    package struct Requirement: Sendable, Hashable {
        /// Member names joined by dots.
        package var field: String
        package var value: String
        /// Whether the field must have the value, or must not.
        package var isEqual: Bool

        package init(_ field: String, _ value: String, isEqual: Bool = true) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    package var requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// One field that must have a value.
    package init(_ field: String, is value: String) { requirements = [Requirement(field, value)] }

    /// Reads `field=value`, `field==value` and `field!=value` joined by commas, with `\` before `,`, `=` and `\` in values.
    ///
    /// - Throws: ``SelectorError``.
    package init(parsing text: String) throws {
        requirements = try Self.parts(of: text).map(Self.requirement)
    }

    /// Whether everything is chosen.
    package var isEmpty: Bool { requirements.isEmpty }

    /// Whether the conditions hold for the object; a missing field counts as empty text.
    package func matches(_ object: KubeObject) -> Bool {
        requirements.allSatisfy { requirement in
            let path = requirement.field.split(separator: ".").map(String.init)
            let value = Self.text(of: object[path: path])
            return (value == requirement.value) == requirement.isEqual
        }
    }

    /// As a query parameter takes it.
    package var description: String {
        requirements.map { requirement in
            let value = requirement.value.reduce(into: "") { text, character in
                if ",=\\".contains(character) { text.append("\\") }
                text.append(character)
            }
            return requirement.field + (requirement.isEqual ? "=" : "!=") + value
        }.joined(separator: ",")
    }

    private static func text(of value: JSONValue?) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        case nil, .null, .array, .object: ""
        }
    }

    private static func parts(of text: String) -> [[Character]] {
        var parts: [[Character]] = [[]]
        var isEscaped = false
        for character in text {
            if !isEscaped, character == "," {
                parts.append([])
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = !isEscaped && character == "\\"
        }
        return parts.filter { !$0.isEmpty }
    }

    private static func requirement(_ part: [Character]) throws -> Requirement {
        guard let sign = part.firstIndex(of: "="), sign > 0 else {
            throw SelectorError("field selector: '\(String(part))' has no =, == or !=")
        }
        let isEqual = part[sign - 1] != "!"
        let field = String(part[..<(isEqual ? sign : sign - 1)])
        let isDouble = isEqual && sign + 1 < part.count && part[sign + 1] == "="
        guard !field.isEmpty else { throw SelectorError("field selector: '\(String(part))' names no field") }
        return Requirement(field, try unescaped(part[(sign + (isDouble ? 2 : 1))...]), isEqual: isEqual)
    }

    private static func unescaped(_ text: ArraySlice<Character>) throws -> String {
        var value = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                guard ",=\\".contains(character) else {
                    throw SelectorError("field selector: '\\\(character)' is no escape; use \\\\, \\, or \\=")
                }
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=" {
                throw SelectorError("field selector: a value holds '='; write \\=")
            } else {
                value.append(character)
            }
        }
        guard !isEscaped else { throw SelectorError("field selector: a value ends with '\\'") }
        return value
    }
}
