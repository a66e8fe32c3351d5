// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A type that a field of an object can hold.
package protocol FieldValue: Sendable, Hashable {
    /// The type as a schema names it: `string`, `integer`, `boolean`, `array`, `object`.
    static var schemaType: String { get }
    /// Reads the value; nil if the JSON is of another type or holds what the type cannot express.
    static func read(_ json: JSONValue) -> Self?
    /// The value as it is stored.
    var json: JSONValue { get }
}

extension String: FieldValue {
    package static var schemaType: String { "string" }
    package static func read(_ json: JSONValue) -> String? { json.string }
    package var json: JSONValue { .string(self) }
}

extension Int: FieldValue {
    package static var schemaType: String { "integer" }
    package static func read(_ json: JSONValue) -> Int? { json.int }
    package var json: JSONValue { .int(self) }
}

extension Bool: FieldValue {
    package static var schemaType: String { "boolean" }
    package static func read(_ json: JSONValue) -> Bool? { json.bool }
    package var json: JSONValue { .bool(self) }
}

extension KubeTime: FieldValue {
    package static var schemaType: String { "string" }
    package static func read(_ json: JSONValue) -> KubeTime? { json.string.flatMap(KubeTime.init(parsing:)) }
    package var json: JSONValue { .string(description) }
}

extension Array: FieldValue where Element: FieldValue {
    package static var schemaType: String { "array" }
    /// Elements of another type are left out.
    package static func read(_ json: JSONValue) -> [Element]? { json.array.map { $0.compactMap(Element.read) } }
    package var json: JSONValue { .array(map(\.json)) }
}

extension Dictionary: FieldValue where Key == String, Value == String {
    package static var schemaType: String { "object" }
    package static func read(_ json: JSONValue) -> [String: String]? { json.stringMap }
    package var json: JSONValue { .object(self) }
}

extension JSONObject: FieldValue {
    package static var schemaType: String { "object" }
    package static func read(_ json: JSONValue) -> JSONObject? { json.object }
    package var json: JSONValue { .object(self) }
}
