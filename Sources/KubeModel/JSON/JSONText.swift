// SPDX-License-Identifier: Apache-2.0

/// JSON text ↔ values.
package enum JSONText {
    /// Deepest nesting read or written by default; Kubernetes itself refuses more than this in custom resources.
    package static let maximumDepth = 256

    /// Reads one value that fills the whole text.
    ///
    /// - Throws: ``JSONError``.
    @inline(never)
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = maximumDepth) throws -> JSONValue {
        var scanner = JSONScanner(bytes, maximumDepth: maximumDepth)
        let value = try scanner.readValue()
        guard scanner.isAtEnd else { throw JSONError(.malformed, "JSON is followed by something else") }
        return value
    }

    /// Reads one value that fills the whole text.
    package static func parse(_ text: String) throws -> JSONValue { try parse(Array(text.utf8)) }

    /// The text of a value, without white space.
    package static func bytes(of value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    /// The text of a value, without white space.
    package static func string(of value: JSONValue) -> String { String(decoding: bytes(of: value), as: UTF8.self) }

    /// Appends the text of a value.
    package static func append(_ value: JSONValue, to output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.text.utf8)
        case .string(let text): append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            for (name, value) in object {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                append(name, to: &output)
                output.append(UInt8(ascii: ":"))
                append(value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case ..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: "\\u00".utf8)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 0x0F)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
