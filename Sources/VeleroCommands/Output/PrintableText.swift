// SPDX-License-Identifier: Apache-2.0

/// Names from disks and repositories made safe to print.
package enum PrintableText {
    /// `name` as it is when every character can be shown, else quoted with escapes, so that no name can drive a terminal.
    package static func name(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let isValid = text.utf8.elementsEqual(bytes)
        if isValid, text.unicodeScalars.allSatisfy(isShown) { return text }
        return quoted(bytes, isValid: isValid, text: text)
    }

    /// The same for text that is known to be valid.
    package static func name(_ text: String) -> String {
        name(Array(text.utf8))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: scalar != "\u{fffd}"
        }
    }

    private static func quoted(_ bytes: [UInt8], isValid: Bool, text: String) -> String {
        var result = "\""
        guard isValid else {
            for byte in bytes {
                let isPlain = byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                result += isPlain ? String(UnicodeScalar(byte)) : "\\x" + hex(UInt32(byte), digits: 2)
            }
            return result + "\""
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isShown(scalar): result += String(scalar)
            case _ where scalar.value < 0x80: result += "\\x" + hex(scalar.value, digits: 2)
            case _ where scalar.value < 0x10000: result += "\\u" + hex(scalar.value, digits: 4)
            default: result += "\\U" + hex(scalar.value, digits: 8)
            }
        }
        return result + "\""
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
