// SPDX-License-Identifier: Apache-2.0

/// Standard Base64 with padding, as Go writes byte slices in JSON.
enum Base64 {
    /// Appends the padded text for `bytes`.
    static func encode(_ bytes: borrowing Span<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let available = min(bytes.count - index, 3)
            var group = UInt32(bytes[index]) << 16
            if available > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if available > 2 { group |= UInt32(bytes[index + 2]) }
            output.append(digit(group >> 18))
            output.append(digit(group >> 12))
            output.append(available > 1 ? digit(group >> 6) : padding)
            output.append(available > 2 ? digit(group) : padding)
            index += 3
        }
    }

    /// The bytes that padded text stands for; nil if the text is not exactly that.
    ///
    /// Line breaks are skipped and unused low bits of the last digit ignored, as Go does.
    static func decode(_ text: borrowing Span<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var pads = 0
        for index in 0..<text.count {
            let byte = text[index]
            if byte == 0x0a || byte == 0x0d { continue }
            if byte == padding {
                guard digits >= 2, digits + pads < 4 else { return nil }
                pads += 1
                continue
            }
            guard pads == 0, let value = value(of: byte) else { return nil }
            group = group << 6 | value
            digits += 1
            if digits == 4 {
                output.append(UInt8(truncatingIfNeeded: group >> 16))
                output.append(UInt8(truncatingIfNeeded: group >> 8))
                output.append(UInt8(truncatingIfNeeded: group))
                (group, digits) = (0, 0)
            }
        }
        guard digits == 0 || digits + pads == 4 else { return nil }
        if digits >= 2 { output.append(UInt8(truncatingIfNeeded: group >> (digits == 2 ? 4 : 10))) }
        if digits == 3 { output.append(UInt8(truncatingIfNeeded: group >> 2)) }
        return output
    }

    private static let padding = UInt8(ascii: "=")

    private static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 0x3f)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
