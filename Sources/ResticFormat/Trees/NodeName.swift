// SPDX-License-Identifier: Apache-2.0

/// The encoding of file names in trees: quoted like a Go string literal, then like a JSON string.
///
/// Names are bytes and need not be UTF-8; they are never compared as text, which would merge canonically equal spellings.
package enum NodeName {
    /// Appends the inside of the JSON string that stands for `name`.
    package static func append(_ name: borrowing Span<UInt8>, to output: inout [UInt8], dialect: JSONDialect = .current)
    {
        var index = 0
        while index < name.count {
            let byte = name[index]
            switch byte {
            case 0x20, 0x21, 0x23...0x25, 0x27...0x3b, 0x3d, 0x3f...0x5b, 0x5d...0x7e:
                output.append(byte)
                index &+= 1
                continue
            case 0x80...:
                if let scalar = UTF8Scalar(in: name, at: index) {
                    if PrintableScalar.contains(scalar.value, dialect: dialect) {
                        for offset in 0..<scalar.byteCount { output.append(name[index &+ offset]) }
                    } else if scalar.value <= 0xffff {
                        appendEscape("u", scalar.value, digits: 4, to: &output)
                    } else {
                        appendEscape("U", scalar.value, digits: 8, to: &output)
                    }
                    index &+= scalar.byteCount
                    continue
                }
                appendEscape("x", UInt32(byte), digits: 2, to: &output)
            default: appendASCII(byte, to: &output, dialect: dialect)
            }
            index &+= 1
        }
    }

    /// The bytes that a quoted name stands for, after JSON decoding; nil if it is not a Go string literal.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == 0x0a }) else {
            return text
        }
        var name: [UInt8] = []
        name.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\\"):
                guard let next = appendUnescaped(text.span, at: index + 1, to: &name) else { return nil }
                index = next
            case UInt8(ascii: "\""), 0x0a: return nil
            default:
                name.append(byte)
                index += 1
            }
        }
        return name
    }

    private static func appendASCII(_ byte: UInt8, to output: inout [UInt8], dialect: JSONDialect) {
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            JSONEscaping.append(ascii: byte, to: &output, dialect: dialect)
            return
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            output.append(contentsOf: #"\\"#.utf8)
            output.append(UInt8(ascii: "\\"))
            output.append(byte)
            return
        case 0x07: letter = UInt8(ascii: "a")
        case 0x08: letter = UInt8(ascii: "b")
        case 0x0c: letter = UInt8(ascii: "f")
        case 0x0a: letter = UInt8(ascii: "n")
        case 0x0d: letter = UInt8(ascii: "r")
        case 0x09: letter = UInt8(ascii: "t")
        case 0x0b: letter = UInt8(ascii: "v")
        default:
            appendEscape("x", UInt32(byte), digits: 2, to: &output)
            return
        }
        output.append(contentsOf: #"\\"#.utf8)
        output.append(letter)
    }

    private static func appendEscape(_ letter: Unicode.Scalar, _ value: UInt32, digits: Int, to output: inout [UInt8]) {
        output.append(contentsOf: #"\\"#.utf8)
        output.append(UInt8(ascii: letter))
        HexDigits.append(value, count: digits, to: &output)
    }

    /// Decodes the escape whose letter is at `index`; returns the index after it.
    private static func appendUnescaped(_ text: borrowing Span<UInt8>, at index: Int, to name: inout [UInt8]) -> Int? {
        guard index < text.count else { return nil }
        switch text[index] {
        case UInt8(ascii: "a"): name.append(0x07)
        case UInt8(ascii: "b"): name.append(0x08)
        case UInt8(ascii: "f"): name.append(0x0c)
        case UInt8(ascii: "n"): name.append(0x0a)
        case UInt8(ascii: "r"): name.append(0x0d)
        case UInt8(ascii: "t"): name.append(0x09)
        case UInt8(ascii: "v"): name.append(0x0b)
        case UInt8(ascii: "\\"): name.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "\""): name.append(UInt8(ascii: "\""))
        case UInt8(ascii: "x"):
            guard let value = number(text, index + 1, digits: 2, radix: 16) else { return nil }
            name.append(UInt8(truncatingIfNeeded: value))
            return index + 3
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            guard let value = number(text, index, digits: 3, radix: 8), value <= 0xff else { return nil }
            name.append(UInt8(truncatingIfNeeded: value))
            return index + 3
        case UInt8(ascii: "u"):
            guard let value = number(text, index + 1, digits: 4, radix: 16), appendScalar(value, to: &name) else {
                return nil
            }
            return index + 5
        case UInt8(ascii: "U"):
            guard let value = number(text, index + 1, digits: 8, radix: 16), appendScalar(value, to: &name) else {
                return nil
            }
            return index + 9
        default: return nil
        }
        return index + 1
    }

    private static func appendScalar(_ value: UInt32, to name: inout [UInt8]) -> Bool {
        guard Unicode.Scalar(value) != nil else { return false }
        UTF8Scalar.append(value, to: &name)
        return true
    }

    private static func number(_ text: borrowing Span<UInt8>, _ start: Int, digits: Int, radix: UInt32) -> UInt32? {
        guard start + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for index in start..<(start + digits) {
            guard let digit = HexDigits.value(of: text[index]), digit < radix else { return nil }
            value = value &* radix &+ digit
        }
        return value
    }
}
