// SPDX-License-Identifier: Apache-2.0

/// Pulls values one by one out of JSON text, without building a tree of them.
///
/// The caller follows the text: ``beginObject()``, then ``nextKey()`` until it returns false, and after each key exactly one
/// of the reading methods, ``skipValue()`` or ``captureValue()``. Arrays go alike with ``beginArray()`` and
/// ``nextElement()``. The grammar is checked strictly, for skipped values too. As in Go, the last of several equal keys
/// wins when the caller simply assigns, and bytes that are not UTF-8 read as U+FFFD.
///
/// - Complexity: One pass; memory beyond the text only for strings handed out. Nesting is limited.
package struct JSONReader: Sendable {
    /// Nesting allowed unless said otherwise; the format's own files need 7 levels.
    package static let defaultMaximumDepth = 64

    let bytes: [UInt8]
    /// Index of the next byte to look at.
    package internal(set) var position: Int
    private let maximumDepth: Int
    private var depth = 0
    private var isAtFirst = false
    private var keyRange = 0..<0
    private var keyHasEscapes = false
    private var memberHint = -1

    package init(_ bytes: [UInt8], maximumDepth: Int = Self.defaultMaximumDepth) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        position = 0
    }

    /// What kind of value comes next.
    package enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    // MARK: Structure

    /// Looks at the next value without reading it.
    package mutating func peek() throws(FormatError) -> Kind {
        skipWhitespace()
        guard position < bytes.count else { throw failure("text ends where a value should be", .truncated) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw failure("no value starts here")
        }
    }

    /// Enters an object.
    package mutating func beginObject() throws(FormatError) { try open(UInt8(ascii: "{")) }

    /// Enters an array.
    package mutating func beginArray() throws(FormatError) { try open(UInt8(ascii: "[")) }

    /// Reads the next member's key; false when the object has ended instead.
    package mutating func nextKey() throws(FormatError) -> Bool {
        guard try nextItem(closing: UInt8(ascii: "}")) else { return false }
        let (range, isPlain) = try scanString()
        keyRange = range
        keyHasEscapes = !isPlain
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw failure("expected ':'") }
        position &+= 1
        return true
    }

    /// Whether another element follows; false when the array has ended.
    package mutating func nextElement() throws(FormatError) -> Bool {
        try nextItem(closing: UInt8(ascii: "]"))
    }

    /// Which of the known members the current key names; nil for any other.
    @inline(__always)
    package mutating func member<Member>(of members: JSONMembers<Member>) -> Member? {
        if keyHasEscapes { return escapedMember(of: members) }
        return members.find(JSONKey(bytes.span.extracting(keyRange)), hint: &memberHint)
    }

    /// The current key, decoded.
    package func keyBytes() -> [UInt8] {
        keyHasEscapes ? JSONUnescaping.decode(bytes.span.extracting(keyRange)) : Array(bytes[keyRange])
    }

    /// Checks that nothing but white space is left.
    package mutating func finish() throws(FormatError) {
        skipWhitespace()
        guard position == bytes.count else { throw failure("text goes on after its value") }
    }

    // MARK: Whole values

    /// Reads `null` if that comes next; otherwise reads nothing and returns false.
    @inline(__always)
    package mutating func readNull() throws(FormatError) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    /// Reads `true` or `false`.
    package mutating func readBool() throws(FormatError) -> Bool {
        skipWhitespace()
        guard position < bytes.count else { throw failure("text ends where a value should be", .truncated) }
        let isTrue = bytes[position] == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false")
        return isTrue
    }

    /// Passes over one value of any kind, checking its grammar.
    package mutating func skipValue() throws(FormatError) {
        switch try peek() {
        case .string: _ = try scanString()
        case .number: _ = try scanNumber()
        case .bool: _ = try readBool()
        case .null: _ = try readNull()
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .object:
            try beginObject()
            while try nextKey() { try skipValue() }
        }
    }

    /// Passes over one value and returns its text as it stands, without surrounding white space.
    package mutating func captureValue() throws(FormatError) -> [UInt8] {
        skipWhitespace()
        let start = position
        try skipValue()
        return Array(bytes[start..<position])
    }

    // MARK: Internals

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position &+= 1
            default: return
            }
        }
    }

    private mutating func open(_ bracket: UInt8) throws(FormatError) {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == bracket else {
            throw failure(bracket == UInt8(ascii: "{") ? "expected an object" : "expected an array")
        }
        guard depth < maximumDepth else { throw failure("nested more than \(maximumDepth) levels deep", .tooLarge) }
        depth &+= 1
        position &+= 1
        isAtFirst = true
    }

    @inline(__always)
    private mutating func nextItem(closing bracket: UInt8) throws(FormatError) -> Bool {
        skipWhitespace()
        guard position < bytes.count else { throw failure("text ends inside an object or array", .truncated) }
        let byte = bytes[position]
        if byte == bracket, depth > 0 {
            depth &-= 1
            position &+= 1
            isAtFirst = false
            return false
        }
        if isAtFirst {
            isAtFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw failure("expected ',' or a closing bracket") }
        position &+= 1
        return true
    }

    private mutating func escapedMember<Member>(of members: JSONMembers<Member>) -> Member? {
        let name = JSONUnescaping.decode(bytes.span.extracting(keyRange))
        return members.find(JSONKey(name.span), hint: &memberHint)
    }

    private mutating func word(_ word: String) throws(FormatError) {
        for byte in word.utf8 {
            guard position < bytes.count, bytes[position] == byte else { throw failure("expected '\(word)'") }
            position &+= 1
        }
    }

    @inline(never)
    func failure(_ problem: String, _ code: FormatError.Code = .malformed) -> FormatError {
        FormatError(position >= bytes.count ? .truncated : code, "JSON at byte \(position): \(problem)")
    }
}
