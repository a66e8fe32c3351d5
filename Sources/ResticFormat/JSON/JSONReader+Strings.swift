// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

extension JSONReader {
    /// Reads a string as UTF-8 bytes; what is not well-formed reads as U+FFFD.
    package mutating func readString() throws(FormatError) -> [UInt8] {
        let (range, isPlain) = try scanString()
        return isPlain ? Array(bytes[range]) : JSONUnescaping.decode(bytes.span.extracting(range))
    }

    /// Reads a string as text.
    package mutating func readText() throws(FormatError) -> String {
        let (range, isPlain) = try scanString()
        if isPlain { return String(decoding: bytes[range], as: UTF8.self) }
        return String(decoding: JSONUnescaping.decode(bytes.span.extracting(range)), as: UTF8.self)
    }

    /// Reads 64 lowercase hexadecimal digits.
    package mutating func readDigest() throws(FormatError) -> Digest256 {
        skipWhitespace()
        let end = position &+ 65
        if end < bytes.count, bytes[position] == UInt8(ascii: "\""), bytes[end] == UInt8(ascii: "\"") {
            if let digest = Digest256(hex: bytes.span.extracting((position &+ 1)..<end)) {
                position = end &+ 1
                return digest
            }
        }
        let start = position
        let text = try readString()
        guard let digest = Digest256(hex: text.span) else {
            position = start
            throw failure("expected an id of 64 lowercase hexadecimal digits")
        }
        return digest
    }

    /// Reads a string that should be one of a few known words; nil for any other string.
    @inline(__always)
    package mutating func readWord<Member>(of words: JSONMembers<Member>) throws(FormatError) -> Member? {
        let (range, isPlain) = try scanString()
        var hint = -1
        if isPlain { return words.find(JSONKey(bytes.span.extracting(range)), hint: &hint) }
        return words.find(JSONKey(JSONUnescaping.decode(bytes.span.extracting(range)).span), hint: &hint)
    }

    /// Reads an id.
    @inline(__always)
    package mutating func readID<Kind>(_: Kind.Type = Kind.self) throws(FormatError) -> ContentID<Kind> {
        ContentID(try readDigest())
    }

    /// Reads padded Base64; `null` reads as no bytes, as in Go.
    package mutating func readBase64() throws(FormatError) -> [UInt8] {
        if try readNull() { return [] }
        let (range, isPlain) = try scanString()
        let decoded =
            isPlain
            ? Base64.decode(bytes.span.extracting(range))
            : Base64.decode(JSONUnescaping.decode(bytes.span.extracting(range)).span)
        guard let decoded else { throw failure("the string that ends here is not Base64") }
        return decoded
    }

    /// Passes over a string; returns where its inside is and whether that needs no decoding.
    mutating func scanString() throws(FormatError) -> (range: Range<Int>, isPlain: Bool) {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("expected a string") }
        let start = position &+ 1
        var index = start
        var hasEscape = false
        var seen: UInt8 = 0
        while true {
            index = Self.endOfPlainText(in: bytes.span, from: index, seen: &seen)
            guard index < bytes.count else { break }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index &+ 1
                if hasEscape { return (start..<index, false) }
                if seen < 0x80 { return (start..<index, true) }
                return (start..<index, UTF8Scalar.isWellFormed(bytes.span.extracting(start..<index)))
            case UInt8(ascii: "\\"):
                hasEscape = true
                index &+= try escapeLength(at: index)
            default:
                position = index
                throw failure("control character in a string")
            }
        }
        position = bytes.count
        throw failure("text ends inside a string", .truncated)
    }

    /// Index of the first quote, backslash or control character, or the end; collects the bits of all bytes before it.
    @inline(__always)
    private static func endOfPlainText(in text: Span<UInt8>, from start: Int, seen: inout UInt8) -> Int {
        var index = start
        var bits = seen
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            bits |= byte
            index &+= 1
        }
        seen = bits
        return index
    }

    private mutating func escapeLength(at index: Int) throws(FormatError) -> Int {
        guard index &+ 1 < bytes.count else {
            position = bytes.count
            throw failure("text ends inside a string", .truncated)
        }
        switch bytes[index &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            for digit in (index &+ 2)..<(index &+ 6) {
                guard digit < bytes.count, HexDigits.value(of: bytes[digit]) != nil else {
                    position = min(digit, bytes.count)
                    throw failure("expected 4 hexadecimal digits")
                }
            }
            return 6
        default:
            position = index
            throw failure("unknown escape in a string")
        }
    }
}

/// Decoding of the inside of JSON strings whose escapes are known to be complete.
enum JSONUnescaping {
    /// The UTF-8 bytes that `text` stands for; lone surrogates and bytes that are not UTF-8 become U+FFFD.
    static func decode(_ text: borrowing Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\\"), index &+ 1 < text.count {
                index &+= appendEscape(in: text, at: index, to: &output)
            } else if let scalar = UTF8Scalar(in: text, at: index) {
                for offset in 0..<scalar.byteCount { output.append(text[index &+ offset]) }
                index &+= scalar.byteCount
            } else {
                UTF8Scalar.append(replacement, to: &output)
                index &+= 1
            }
        }
        return output
    }

    private static let replacement: UInt32 = 0xfffd

    private static func appendEscape(in text: borrowing Span<UInt8>, at index: Int, to output: inout [UInt8]) -> Int {
        switch text[index &+ 1] {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0c)
        case UInt8(ascii: "n"): output.append(0x0a)
        case UInt8(ascii: "r"): output.append(0x0d)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            guard let unit = unicodeEscape(in: text, at: index) else { break }
            if (0xd800..<0xdc00).contains(unit), let low = unicodeEscape(in: text, at: index &+ 6),
                (0xdc00..<0xe000).contains(low)
            {
                UTF8Scalar.append(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00), to: &output)
                return 12
            }
            UTF8Scalar.append(unit, to: &output)
            return 6
        default: output.append(text[index &+ 1])
        }
        return 2
    }

    private static func unicodeEscape(in text: borrowing Span<UInt8>, at index: Int) -> UInt32? {
        guard index &+ 6 <= text.count, text[index] == UInt8(ascii: "\\"), text[index &+ 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for digit in (index &+ 2)..<(index &+ 6) {
            guard let value = HexDigits.value(of: text[digit]) else { return nil }
            unit = unit << 4 | value
        }
        return unit
    }
}
