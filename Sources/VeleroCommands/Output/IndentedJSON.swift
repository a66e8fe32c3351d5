// SPDX-License-Identifier: Apache-2.0

/// Lays JSON out for people, as restic's `cat` does.
package enum IndentedJSON {
    /// `json` with two blanks per level and one member or element per line; strings stay byte for byte.
    package static func text(_ json: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(json.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        var isOpen = false
        for byte in json {
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if isSpace(byte) { continue }
            if isOpen, !isClosing { breakLine(&output, depth) }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                output.append(byte)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if !isOpen { breakLine(&output, depth) }
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                breakLine(&output, depth)
            case UInt8(ascii: ":"):
                output.append(byte)
                output.append(UInt8(ascii: " "))
            default:
                isInString = byte == UInt8(ascii: "\"")
                output.append(byte)
            }
            isOpen = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
        }
        return output
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private static func breakLine(_ output: inout [UInt8], _ depth: Int) {
        output.append(0x0a)
        for _ in 0..<max(0, 2 * depth) { output.append(0x20) }
    }
}
