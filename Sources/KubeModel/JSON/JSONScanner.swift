// SPDX-License-Identifier: Apache-2.0

/// Reads JSON text into values; total on any input and bounded in depth.
struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let maximumDepth: Int

    init(_ bytes: [UInt8], maximumDepth: Int = JSONText.maximumDepth) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Whether only white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipWhitespace()
            return position == bytes.count
        }
    }

    /// Reads one value.
    mutating func readValue() throws(JSONError) -> JSONValue {
        skipWhitespace()
        guard position < bytes.count else { throw failure("a value is missing") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        default:
            let range = try scanNumber()
            return .number(JSONNumber(checked: String(decoding: bytes[range], as: UTF8.self)))
        }
    }

    private mutating func readObject() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        try enter()
        if close(UInt8(ascii: "}")) { return object }
        while true {
            skipWhitespace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw failure("expected a member's name")
            }
            let name = try readString()
            skipWhitespace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw failure("expected ':'") }
            position += 1
            object[name] = try readValue()
            if close(UInt8(ascii: "}")) { return object }
            try expectComma()
        }
    }

    private mutating func readArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try enter()
        if close(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try readValue())
            if close(UInt8(ascii: "]")) { return elements }
            try expectComma()
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= maximumDepth else { throw JSONError(.tooLarge, "JSON is nested deeper than \(maximumDepth)") }
        position += 1
    }

    private mutating func close(_ bracket: UInt8) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == bracket else { return false }
        position += 1
        depth -= 1
        return true
    }

    private mutating func expectComma() throws(JSONError) {
        guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else {
            throw failure("expected ',' or a closing bracket")
        }
        position += 1
    }

    private mutating func expect(_ word: StaticString) throws(JSONError) {
        for byte in "\(word)".utf8 {
            guard position < bytes.count, bytes[position] == byte else { throw failure("expected '\(word)'") }
            position += 1
        }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func failure(_ problem: String) -> JSONError {
        JSONError(position >= bytes.count ? .truncated : .malformed, "JSON at byte \(position): \(problem)")
    }
}

// MARK: Numbers and strings

extension JSONScanner {
    /// Passes over a number.
    mutating func scanNumber() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = position
        take(UInt8(ascii: "-"))
        let first = position
        try skipDigits()
        guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
            throw failure("a number starts with 0")
        }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        return start..<position
    }

    @discardableResult
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw failure("expected a value") }
    }

    /// Reads a string; bytes and escapes that are no Unicode become U+FFFD, as Go reads them.
    private mutating func readString() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try readEscapedString(from: start)
            case ..<0x20: throw failure("a control character in a string")
            default: position += 1
            }
        }
        throw failure("a string does not end")
    }

    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case ..<0x20: throw failure("a control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw failure("a string does not end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try readHexadecimal()
            if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                let resume = position
                position += 2
                let low = try readHexadecimal()
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = resume
                }
            }
            text.append(contentsOf: String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8)
        default: throw failure("an unknown escape")
        }
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw failure("expected a hexadecimal digit")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
