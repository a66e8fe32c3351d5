// SPDX-License-Identifier: Apache-2.0

/// One operation of a JSON patch (RFC 6902).
package enum JSONPatchOperation: Sendable, Hashable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)

    /// As a request carries it.
    package var json: JSONValue {
        switch self {
        case .add(let path, let value): ["op": "add", "path": .string(path.description), "value": value]
        case .remove(let path): ["op": "remove", "path": .string(path.description)]
        case .replace(let path, let value): ["op": "replace", "path": .string(path.description), "value": value]
        case .move(let from, let path):
            ["op": "move", "from": .string(from.description), "path": .string(path.description)]
        case .copy(let from, let path):
            ["op": "copy", "from": .string(from.description), "path": .string(path.description)]
        case .test(let path, let value): ["op": "test", "path": .string(path.description), "value": value]
        }
    }

    /// Reads one operation.
    ///
    /// - Throws: ``PatchError``.
    package init(_ json: JSONValue) throws {
        guard let path = json["path"]?.string.flatMap(JSONPointer.init(parsing:)) else {
            throw PatchError("JSON patch: an operation has no path, or one that is no JSON pointer")
        }
        let value = json["value"]
        let from = json["from"]?.string.flatMap(JSONPointer.init(parsing:))
        switch (json["op"]?.string, value, from) {
        case ("add", let value?, _): self = .add(path, value)
        case ("remove", _, _): self = .remove(path)
        case ("replace", let value?, _): self = .replace(path, value)
        case ("test", let value?, _): self = .test(path, value)
        case ("move", _, let from?): self = .move(from: from, to: path)
        case ("copy", _, let from?): self = .copy(from: from, to: path)
        default: throw PatchError("JSON patch: the operation on '\(path)' is unknown or lacks value or from")
        }
    }
}

/// A patch that cannot be applied.
package struct PatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, naming the place but not the value.
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
