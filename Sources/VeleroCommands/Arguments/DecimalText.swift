// SPDX-License-Identifier: Apache-2.0

/// Numbers with a fixed count of decimals, and texts filled up to a width.
package enum DecimalText {
    /// `value` rounded to `decimals` places (at most 9): `12.34`, `-0.5`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return value.isFinite ? "\(value.rounded())" : "0" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let unit = Int64(scale)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % unit)
        return sign + "\(scaled / unit)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// A share of a whole: `12.34%`, at most `100.00%`; empty when the whole is unknown.
    package static func percent(_ part: some BinaryInteger, of whole: some BinaryInteger) -> String {
        guard whole > 0 else { return "" }
        return fixed(min(100, 100 * Double(part) / Double(whole)), decimals: 2) + "%"
    }

    /// `text` with blanks before it up to `width`.
    package static func leftPadded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - TextWidth.columns(of: text))) + text
    }

    /// `text` with blanks behind it up to `width`.
    package static func rightPadded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - TextWidth.columns(of: text)))
    }

    /// `number` with zeros before it up to `width` digits.
    package static func zeroPadded(_ number: some BinaryInteger, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
