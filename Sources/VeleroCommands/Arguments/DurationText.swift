// SPDX-License-Identifier: Apache-2.0

/// Durations as people write and read them.
package enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Reads `5m`, `1h30m`, `1.5h`, `300ms` or `0`, not negative.
    ///
    /// - Returns: nil for anything else, or beyond 290 years.
    package static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        var nanoseconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard digits.contains(where: \.isNumber),
                let number = Double("0" + digits + (digits.last == "." ? "0" : ""))
            else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            guard let unit = units.first(where: { $0.name == name }) else { return nil }
            nanoseconds += number * unit.nanoseconds
            rest = rest.dropFirst(name.count)
        }
        guard nanoseconds < 9.1e18 else { return nil }
        return .nanoseconds(Int64(nanoseconds.rounded()))
    }

    /// Minutes and seconds `3:07`, with hours when there are any `1:02:03`.
    package static func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let minutes = "\(seconds / 60 % 60)"
        let tail = DecimalText.zeroPadded(seconds % 60, to: 2)
        guard seconds >= 3600 else { return "\(minutes):\(tail)" }
        return "\(seconds / 3600):\(DecimalText.zeroPadded(seconds / 60 % 60, to: 2)):\(tail)"
    }

    /// Seconds as a fraction, as JSON messages carry them.
    package static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
