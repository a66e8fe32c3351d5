// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A moment in whole seconds, as signatures, expiry dates and `Date` headers give it.
package struct UTCTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var secondsSinceEpoch: Int64

    package init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Builds a moment from civil parts; nil when a part is out of its range.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days since the epoch by counting from March, so that the leap day comes last in its year.
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        secondsSinceEpoch = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// Civil parts in UTC.
    package var components: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let days = Int64((Double(secondsSinceEpoch) / 86_400).rounded(.down))
        let secondOfDay = Int(secondsSinceEpoch - days * 86_400)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        return (
            year, month, Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1),
            secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60
        )
    }

    package static func < (left: Self, right: Self) -> Bool { left.secondsSinceEpoch < right.secondsSinceEpoch }

    /// The moment that many seconds later; wraps rather than traps.
    package func advanced(bySeconds seconds: Int64) -> UTCTime {
        UTCTime(secondsSinceEpoch: secondsSinceEpoch &+ seconds)
    }

    /// Seconds from this moment to `other`; negative when `other` is earlier.
    package func seconds(until other: UTCTime) -> Int64 {
        other.secondsSinceEpoch &- secondsSinceEpoch
    }
}

/// Tells the time of day; injected so that signatures and expiry can be tested.
package typealias WallClock = @Sendable () -> UTCTime

extension UTCTime {
    /// The machine's clock.
    package static let systemClock: WallClock = {
        UTCTime(secondsSinceEpoch: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }
}
