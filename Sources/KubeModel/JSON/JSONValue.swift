// SPDX-License-Identifier: Apache-2.0

/// One JSON value, kept as it stood: numbers as their text, members in their order, nothing dropped.
///
/// Objects are equal when they have the same members in any order; numbers are equal when their texts are.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The text, if this is a string.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The flag, if this is one.
    package var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The whole number, if this is a number that is whole and fits 64 bits.
    package var int: Int? {
        guard case .number(let number) = self else { return nil }
        return number.int
    }

    /// The elements, if this is an array.
    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, if this is an object.
    package var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// Whether this is `null`.
    package var isNull: Bool { self == .null }

    /// The texts of an array; elements that are no strings are left out.
    package var strings: [String]? { array.map { $0.compactMap(\.string) } }

    /// Names and texts of an object; members that are no strings are left out.
    package var stringMap: [String: String]? {
        guard let object else { return nil }
        var map: [String: String] = [:]
        for (name, value) in object { map[name] = value.string }
        return map
    }

    /// An object of texts, in the order of their names.
    package static func object(_ map: [String: String]) -> JSONValue {
        .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// An array of texts.
    package static func array(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// A whole number.
    package static func int(_ number: some FixedWidthInteger) -> JSONValue { .number(JSONNumber(number)) }
}

extension JSONValue {
    /// The member of an object; nil if there is none or this is no object.
    ///
    /// Assigning nil removes it. Assigning a value to what is no object makes it one.
    package subscript(name: String) -> JSONValue? {
        get {
            guard case .object(let object) = self else { return nil }
            return object[name]
        }
        set {
            if case .object(var object) = self {
                self = .null  // so that the object below is not copied
                object[name] = newValue
                self = .object(object)
            } else if let newValue {
                self = .object(JSONObject([(name, newValue)]))
            }
        }
    }

    /// The value at the end of a path of member names; an empty path names the value itself.
    ///
    /// Assigning a value makes the objects on the way; assigning nil removes the last member only.
    package subscript(path: [String]) -> JSONValue? {
        get {
            var value = self
            for name in path {
                guard let next = value[name] else { return nil }
                value = next
            }
            return value
        }
        set { self.set(newValue, at: path[...]) }
    }

    private mutating func set(_ newValue: JSONValue?, at path: ArraySlice<String>) {
        guard let name = path.first else {
            self = newValue ?? .null
            return
        }
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            self[name] = newValue
            return
        }
        var child = self[name] ?? .null
        if newValue == nil, child.object == nil { return }
        self[name] = .null
        child.set(newValue, at: rest)
        self[name] = child
    }
}

// Not by nil: in `condition ? nil : value` it would quietly become `.null` where no value is meant.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(integerLiteral number: Int) { self = .int(number) }
    package init(stringLiteral text: String) { self = .string(text) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}
