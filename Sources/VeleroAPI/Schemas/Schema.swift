// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A structural schema: what the API server lets a field hold.
package struct Schema: Sendable, Hashable {
    /// The type of a value.
    package indirect enum Shape: Sendable, Hashable {
        case string, integer, boolean
        case array(of: Schema)
        /// An object whose member names are data.
        case map(of: Schema)
        case object([Property])
        /// An object of which nothing is known and everything is kept.
        case anyObject
    }

    package var shape: Shape
    /// `date-time`, `byte`, `int64`.
    package var format: String?
    /// The texts allowed; empty if any is.
    package var allowed: [String] = []
    /// Whether `null` is accepted.
    package var isNullable = false
    /// Fewest elements of an array.
    package var minimumCount: Int?
    /// What the server fills in when the field is missing.
    package var defaultValue: JSONValue?
    /// Whether selectors and references are replaced as a whole by server-side apply.
    package var isAtomic = false

    package init(_ shape: Shape, format: String? = nil) {
        self.shape = shape
        self.format = format
    }

    /// A member of an object.
    package struct Property: Sendable, Hashable {
        package let name: String
        package let schema: Schema
        package let description: String
        package let isRequired: Bool

        package init(_ name: String, _ schema: Schema, _ description: String, required: Bool = false) {
            self.name = name
            self.schema = schema
            self.description = description
            isRequired = required
        }
    }

    /// The schema at a path of member names; nil if the schema has no such member.
    package func schema(at path: [String]) -> Schema? {
        guard let name = path.first else { return self }
        guard case .object(let properties) = shape, let property = properties.first(where: { $0.name == name }) else {
            return nil
        }
        return property.schema.schema(at: Array(path.dropFirst()))
    }
}

extension Schema {
    static let string = Schema(.string)
    static let integer = Schema(.integer)
    static let integer64 = Schema(.integer, format: "int64")
    static let boolean = Schema(.boolean)
    static let time = Schema(.string, format: "date-time").nullable
    /// A duration of Go, such as `1h0m0s`.
    static let duration = Schema(.string)
    static let base64 = Schema(.string, format: "byte")
    static let strings = Schema(.array(of: .string))
    static let stringMap = Schema(.map(of: .string))
    static let anyObject = Schema(.anyObject)

    static func array(of element: Schema) -> Schema { Schema(.array(of: element)) }
    static func object(_ properties: [Property]) -> Schema { Schema(.object(properties)) }

    /// A text of a known set.
    static func oneOf<Value: TextEnumeration>(_ type: Value.Type) -> Schema {
        var schema = Schema.string
        schema.allowed = type.texts.map(\.text)
        return schema
    }

    /// A text of a given set.
    static func oneOf(_ texts: String...) -> Schema {
        var schema = Schema.string
        schema.allowed = texts
        return schema
    }

    /// The same, with `null` accepted.
    var nullable: Schema {
        var schema = self
        schema.isNullable = true
        return schema
    }

    /// The same, replaced as a whole.
    var atomic: Schema {
        var schema = self
        schema.isAtomic = true
        return schema
    }

    /// The same, with at least one element.
    var nonempty: Schema {
        var schema = self
        schema.minimumCount = 1
        return schema
    }

    /// The same, filled in when missing.
    func defaulting(to value: JSONValue) -> Schema {
        var schema = self
        schema.defaultValue = value
        return schema
    }
}
