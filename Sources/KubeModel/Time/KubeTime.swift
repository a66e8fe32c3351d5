// SPDX-License-Identifier: Apache-2.0

/// A moment as Kubernetes writes it (RFC 3339), of the years 1 to 9999.
package struct KubeTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1 January 1970 UTC.
    package let seconds: Int64
    /// Within the second, 0 to 999,999,999.
    package let nanoseconds: Int32

    /// - Parameter nanoseconds: Within the second; values outside 0 to 999,999,999 are brought into it.
    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    /// Reads RFC 3339 text with any offset and any number of decimals; nil if it is none.
    package init?(parsing text: String) {
        var digits = RFC3339Reader(Array(text.utf8))
        guard let time = digits.read() else { return nil }
        self = time
    }

    /// To the second in UTC, as `metav1.Time` is written: `2026-01-31T12:00:00Z`.
    package var description: String { date + "Z" }

    /// To the microsecond in UTC, as `metav1.MicroTime` is written: `2026-01-31T12:00:00.000000Z`.
    package var microDescription: String { date + "." + Self.padded(Int64(nanoseconds / 1000), 6) + "Z" }

    package static func < (left: KubeTime, right: KubeTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The moment after (or before) this one.
    package func advanced(by duration: Duration) -> KubeTime {
        let (seconds, attoseconds) = duration.components
        var total = Int64(nanoseconds) + attoseconds / 1_000_000_000
        var carried = self.seconds + seconds
        if total < 0 {
            total += 1_000_000_000
            carried -= 1
        } else if total >= 1_000_000_000 {
            total -= 1_000_000_000
            carried += 1
        }
        return KubeTime(seconds: carried, nanoseconds: Int32(total))
    }

    /// The time from this moment to `other`; negative if it is earlier.
    package func duration(to other: KubeTime) -> Duration {
        .seconds(other.seconds - seconds) + .nanoseconds(Int64(other.nanoseconds) - Int64(nanoseconds))
    }

    private var date: String {
        let (days, second) = Self.flooredDivision(seconds, 86_400)
        let (year, month, day) = Self.civil(fromDays: days)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T" + clock
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func flooredDivision(_ number: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Days since 1 January 1970 of a date of the Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years that begin in March put the leap day last.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = flooredDivision(shifted, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = flooredDivision(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Reads `yyyy-mm-ddThh:mm:ss[.fraction](Z|±hh:mm)`.
private struct RFC3339Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() -> KubeTime? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            take("T") || take("t"), let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2)
        else { return nil }
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
        var nanoseconds: Int32 = 0
        if take(".") {
            guard let fraction = fraction() else { return nil }
            nanoseconds = fraction
        }
        var offset: Int64 = 0
        if !take("Z"), !take("z") {
            let isNegative = take("-")
            guard isNegative || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isNegative ? -60 : 60)
        }
        guard position == bytes.count else { return nil }
        let seconds = KubeTime.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
        return KubeTime(seconds: seconds - offset, nanoseconds: nanoseconds)
    }

    private mutating func take(_ character: Character) -> Bool {
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func number(_ width: Int) -> Int64? {
        guard bytes.count - position >= width else { return nil }
        var number: Int64 = 0
        for _ in 0..<width {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { return nil }
            number = number * 10 + Int64(digit)
            position += 1
        }
        return number
    }

    private mutating func fraction() -> Int32? {
        var nanoseconds: Int32 = 0
        var scale: Int32 = 100_000_000
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 {
            nanoseconds += Int32(bytes[position] &- 0x30) * scale
            scale /= 10
            position += 1
        }
        return position > start ? nanoseconds : nil
    }
}
