// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Reads hexadecimal digits; spaces and line breaks are skipped, so that long vectors can be wrapped.
    package init(hex: String) {
        var result: [UInt8] = []
        var high: UInt8?
        for character in hex where !character.isWhitespace {
            guard let digit = character.hexDigitValue else {
                preconditionFailure("not a hexadecimal digit in a vector")
            }
            if let pending = high {
                result.append(pending << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        precondition(high == nil, "an odd number of hexadecimal digits in a vector")
        self = result
    }

    /// The bytes as lowercase hexadecimal digits.
    package var hex: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
