// SPDX-License-Identifier: Apache-2.0

/// Applying JSON patches (RFC 6902).
package enum JSONPatch {
    /// The value after all operations, in order.
    ///
    /// - Throws: ``PatchError`` if a place does not exist or a test fails; nothing is changed then.
    package static func apply(_ operations: [JSONPatchOperation], to value: JSONValue) throws -> JSONValue {
        var value = value
        for operation in operations {
            switch operation {
            case .add(let path, let new): try change(&value, path) { try add(new, $0, &$1, path) }
            case .remove(let path): _ = try remove(path, from: &value)
            case .replace(let path, let new): try replace(path, with: new, in: &value)
            case .move(let from, let path):
                guard !(path.tokens.count > from.tokens.count && path.tokens.starts(with: from.tokens)) else {
                    throw PatchError("JSON patch: cannot move '\(from)' into itself")
                }
                let moved = try remove(from, from: &value)
                try change(&value, path) { try add(moved, $0, &$1, path) }
            case .copy(let from, let path):
                let copied = try read(from, in: value)
                try change(&value, path) { try add(copied, $0, &$1, path) }
            case .test(let path, let expected):
                guard try read(path, in: value) == expected else {
                    throw PatchError("JSON patch: the test of '\(path)' fails")
                }
            }
        }
        return value
    }

    private static func read(_ path: JSONPointer, in value: JSONValue) throws -> JSONValue {
        var value = value
        for token in path.tokens {
            switch value {
            case .object(let object):
                guard let next = object[token] else { throw missing(path) }
                value = next
            case .array(let elements): value = elements[try index(token, below: elements.count, path)]
            default: throw missing(path)
            }
        }
        return value
    }

    private static func remove(_ path: JSONPointer, from value: inout JSONValue) throws -> JSONValue {
        let removed = try read(path, in: value)
        try change(&value, path) { token, parent in
            guard let token else {
                parent = .null
                return
            }
            switch parent {
            case .object(var object):
                object[token] = nil
                parent = .object(object)
            case .array(var elements):
                elements.remove(at: try index(token, below: elements.count, path))
                parent = .array(elements)
            default: throw missing(path)
            }
        }
        return removed
    }

    private static func replace(_ path: JSONPointer, with new: JSONValue, in value: inout JSONValue) throws {
        _ = try read(path, in: value)
        try change(&value, path) { token, parent in
            guard let token else {
                parent = new
                return
            }
            switch parent {
            case .array(var elements):
                elements[try index(token, below: elements.count, path)] = new
                parent = .array(elements)
            default: parent[token] = new
            }
        }
    }

    private static func add(
        _ new: JSONValue,
        _ token: String?,
        _ parent: inout JSONValue,
        _ path: JSONPointer
    ) throws {
        guard let token else {
            parent = new
            return
        }
        switch parent {
        case .object: parent[token] = new
        case .array(var elements):
            let place = token == "-" ? elements.count : try index(token, below: elements.count + 1, path)
            elements.insert(new, at: place)
            parent = .array(elements)
        default: throw missing(path)
        }
    }

    /// Hands the parent of `path`'s last token to `body`, with that token; the whole value and nil for the empty path.
    private static func change(
        _ value: inout JSONValue,
        _ path: JSONPointer,
        _ body: (String?, inout JSONValue) throws -> Void
    ) throws {
        guard let last = path.tokens.last else { return try body(nil, &value) }
        try descend(&value, path.tokens.dropLast()[...], path) { try body(last, &$0) }
    }

    private static func descend(
        _ value: inout JSONValue,
        _ tokens: ArraySlice<String>,
        _ path: JSONPointer,
        _ body: (inout JSONValue) throws -> Void
    ) throws {
        guard let token = tokens.first else { return try body(&value) }
        switch value {
        case .object(var object):
            guard var child = object[token] else { throw missing(path) }
            try descend(&child, tokens.dropFirst(), path, body)
            object[token] = child
            value = .object(object)
        case .array(var elements):
            let place = try index(token, below: elements.count, path)
            try descend(&elements[place], tokens.dropFirst(), path, body)
            value = .array(elements)
        default: throw missing(path)
        }
    }

    private static func index(_ token: String, below count: Int, _ path: JSONPointer) throws -> Int {
        guard token == "0" || token.first != "0", token.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let index = Int(token),
            index < count
        else { throw missing(path) }
        return index
    }

    private static func missing(_ path: JSONPointer) -> PatchError {
        PatchError("JSON patch: there is no '\(path)'")
    }
}
