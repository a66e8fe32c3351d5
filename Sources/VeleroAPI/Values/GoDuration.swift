// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A duration as Velero's objects and flags write it: `720h0m0s`, `1.5h`, `100ms`.
package struct GoDuration: FieldValue, Comparable, CustomStringConvertible {
    /// May be negative; beyond about ±292 years there is no text for it.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The duration, to the nanosecond; what does not fit 64 bits is cut to the longest that does.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        nanoseconds = overflow || overflowOfSum ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration as the rest of the program uses it.
    package var duration: Duration { .nanoseconds(nanoseconds) }

    private static let units: [(text: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Reads numbers with units, such as `1h30m` or `-1.5s`, or a plain `0`; nil for anything else and for what does not fit.
    package init?(parsing text: String) {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { ("0"..."9").contains($0) }
            rest = rest[whole.endIndex...]
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix { ("0"..."9").contains($0) }
                rest = rest[fraction.endIndex...]
            }
            guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
            let name = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest[name.endIndex...]
            guard let unit = Self.units.first(where: { $0.text == name })?.nanoseconds,
                let amount = Self.amount(whole, fraction, unit)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(amount)
            guard !overflow else { return nil }
            total = sum
        }
        nanoseconds = isNegative ? -total : total
    }

    private static func amount(_ whole: Substring, _ fraction: Substring, _ unit: Int64) -> Int64? {
        guard let number = whole.isEmpty ? 0 : Int64(whole) else { return nil }
        let (scaled, overflow) = number.multipliedReportingOverflow(by: unit)
        // Digits beyond the nanosecond do not count.
        let decimals = Double("0." + (fraction.isEmpty ? "0" : fraction)) ?? 0
        let (sum, overflowOfSum) = scaled.addingReportingOverflow(Int64((decimals * Double(unit)).rounded(.down)))
        return overflow || overflowOfSum ? nil : sum
    }

    /// As Go writes it: hours, minutes and seconds down from the largest that is not zero; below a second one smaller unit.
    package var description: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        guard magnitude > 0 else { return "0s" }
        if magnitude < 1000 { return "\(sign)\(magnitude)ns" }
        if magnitude < 1_000_000 { return sign + Self.decimal(magnitude, 1000) + "µs" }
        if magnitude < 1_000_000_000 { return sign + Self.decimal(magnitude, 1_000_000) + "ms" }
        let minutes = magnitude / 60_000_000_000
        let seconds = Self.decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    private static func decimal(_ number: UInt64, _ unit: UInt64) -> String {
        var digits = String(number % unit)
        guard number % unit > 0 else { return String(number / unit) }
        digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(number / unit).\(digits)"
    }

    package static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }

    package static var schemaType: String { "string" }
    package static func read(_ json: JSONValue) -> GoDuration? { json.string.flatMap(GoDuration.init(parsing:)) }
    package var json: JSONValue { .string(description) }
}
