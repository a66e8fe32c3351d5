// SPDX-License-Identifier: Apache-2.0

extension JSONWriter {
    /// Writes text as a JSON string.
    package mutating func string(_ text: String) {
        beginString()
        JSONEscaping.append(text.utf8.span, to: &bytes, dialect: dialect)
        endString()
    }

    /// Writes bytes as a JSON string; each byte outside well-formed UTF-8 becomes `\ufffd`.
    package mutating func string(_ text: borrowing Span<UInt8>) {
        beginString()
        JSONEscaping.append(text, to: &bytes, dialect: dialect)
        endString()
    }
}

/// The inside of JSON strings as Go's `encoding/json` writes it with HTML escaping on.
enum JSONEscaping {
    /// Appends `text`, escaped.
    static func append(_ text: borrowing Span<UInt8>, to output: inout [UInt8], dialect: JSONDialect) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                append(ascii: byte, to: &output, dialect: dialect)
                index &+= 1
                continue
            }
            guard let scalar = UTF8Scalar(in: text, at: index) else {
                output.append(contentsOf: #"\ufffd"#.utf8)
                index &+= 1
                continue
            }
            if scalar.value == 0x2028 || scalar.value == 0x2029 {
                appendUnicodeEscape(scalar.value, to: &output)
            } else {
                for offset in 0..<scalar.byteCount { output.append(text[index &+ offset]) }
            }
            index &+= scalar.byteCount
        }
    }

    /// Appends one ASCII byte, escaped.
    @inline(__always)
    static func append(ascii byte: UInt8, to output: inout [UInt8], dialect: JSONDialect) {
        switch byte {
        case 0x20, 0x21, 0x23...0x25, 0x27...0x3b, 0x3d, 0x3f...0x5b, 0x5d...0x7f: output.append(byte)
        default: appendEscape(of: byte, to: &output, dialect: dialect)
        }
    }

    @inline(never)
    private static func appendEscape(of byte: UInt8, to output: inout [UInt8], dialect: JSONDialect) {
        let short: UInt8
        switch (byte, dialect) {
        case (UInt8(ascii: "\""), _), (UInt8(ascii: "\\"), _): short = byte
        case (0x0a, _): short = UInt8(ascii: "n")
        case (0x0d, _): short = UInt8(ascii: "r")
        case (0x09, _): short = UInt8(ascii: "t")
        case (0x08, .current): short = UInt8(ascii: "b")
        case (0x0c, .current): short = UInt8(ascii: "f")
        default:
            appendUnicodeEscape(UInt32(byte), to: &output)
            return
        }
        output.append(UInt8(ascii: "\\"))
        output.append(short)
    }

    private static func appendUnicodeEscape(_ value: UInt32, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(ascii: "u"))
        HexDigits.append(value, count: 4, to: &output)
    }
}

/// Lowercase hexadecimal digits of a fixed width.
enum HexDigits {
    /// Appends the lowest `count` digits of `value`.
    static func append(_ value: UInt32, count: Int, to output: inout [UInt8]) {
        for position in stride(from: 4 * (count - 1), through: 0, by: -4) {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt32(position)) & 0x0f
            output.append(nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble)
        }
    }

    /// The value of one digit of either case; nil for other bytes.
    @inline(__always)
    static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 0x30...0x39: UInt32(digit &- 0x30)
        case 0x41...0x46: UInt32(digit &- 0x37)
        case 0x61...0x66: UInt32(digit &- 0x57)
        default: nil
        }
    }
}
