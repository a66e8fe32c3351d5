// SPDX-License-Identifier: Apache-2.0

/// Byte counts as people write and read them.
package enum ByteCountText {
    /// Reads `5000`, `16M`, `2g`, `1T` or `300b`: a whole number with an optional binary suffix.
    ///
    /// - Returns: nil for anything else, and for numbers beyond what 63 bits hold.
    package static func parse(_ text: String) -> Int64? {
        guard let last = text.last else { return nil }
        let shift: Int64
        switch last {
        case "b", "B": shift = 0
        case "k", "K": shift = 10
        case "m", "M": shift = 20
        case "g", "G": shift = 30
        case "t", "T": shift = 40
        default: return Int64(text)
        }
        guard let number = Int64(text.dropLast()) else { return nil }
        let product = number.multipliedReportingOverflow(by: 1 << shift)
        return product.overflow ? nil : product.partialValue
    }

    /// Three decimals and a binary unit: `2.861 MiB`, or whole bytes: `655 B`.
    package static func format(_ byteCount: some BinaryInteger) -> String {
        let count = Double(byteCount)
        return switch count {
        case let large where large >= 0x1p40: DecimalText.fixed(large / 0x1p40, decimals: 3) + " TiB"
        case let large where large >= 0x1p30: DecimalText.fixed(large / 0x1p30, decimals: 3) + " GiB"
        case let large where large >= 0x1p20: DecimalText.fixed(large / 0x1p20, decimals: 3) + " MiB"
        case let large where large >= 0x1p10: DecimalText.fixed(large / 0x1p10, decimals: 3) + " KiB"
        default: "\(byteCount) B"
        }
    }
}
