// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// A stretch of calendar time such as `2y5m7d3h`.
package struct RetentionSpan: Hashable, Sendable, CustomStringConvertible {
    package var years: Int
    package var months: Int
    package var days: Int
    package var hours: Int

    /// Largest number accepted for any unit, either way.
    package static let maximumCount = 1_000_000

    package init(years: Int = 0, months: Int = 0, days: Int = 0, hours: Int = 0) {
        self.years = years
        self.months = months
        self.days = days
        self.hours = hours
    }

    /// Reads numbers with the units `y`, `m` (months), `d` and `h`; nil for anything else.
    ///
    /// Numbers may be negative; of a repeated unit the last number counts. The empty text is no time at all.
    package init?(_ text: String) {
        self.init()
        var rest = Substring(text)
        while !rest.isEmpty {
            let digits = rest.dropFirst(rest.hasPrefix("-") ? 1 : 0).prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let number = Int(rest[..<digits.endIndex]), number.magnitude <= Self.maximumCount
            else {
                return nil
            }
            rest = rest[digits.endIndex...]
            switch rest.popFirst() {
            case "y": years = number
            case "m": months = number
            case "d": days = number
            case "h": hours = number
            default: return nil
            }
        }
    }

    /// Whether the span is no time at all, which stands for a rule that is not set.
    package var isZero: Bool { years == 0 && months == 0 && days == 0 && hours == 0 }

    /// The span as it would be typed, largest unit first.
    package var description: String {
        [(years, "y"), (months, "m"), (days, "d"), (hours, "h")]
            .filter { $0.0 != 0 }
            .map { "\($0.0)\($0.1)" }
            .joined()
    }

    /// The moment this long before `time`.
    ///
    /// Years, months and days are taken from the calendar date at the time's own offset, a date that does not exist moving
    /// into the next month; then the hours are taken away.
    package func before(_ time: Timestamp) -> Timestamp {
        var civil = time.civil
        civil.year -= years
        civil.month -= months
        civil.day -= days
        civil.hour -= hours
        return Timestamp(civil: civil, nanoseconds: time.nanoseconds, utcOffsetSeconds: time.utcOffsetSeconds)
    }
}
