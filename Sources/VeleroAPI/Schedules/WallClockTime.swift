// SPDX-License-Identifier: Apache-2.0

/// What a clock on the wall and a calendar show at a moment.
struct WallClockTime: Sendable, Hashable {
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// 0 (Sunday) to 6.
    let dayOfWeek: Int

    /// - Parameter seconds: Since 1 January 1970 on that clock.
    init(seconds: Int64) {
        let (days, rest) = Self.floored(seconds, 86_400)
        (hour, minute, second) = (Int(rest / 3600), Int(rest / 60 % 60), Int(rest % 60))
        dayOfWeek = Int(Self.floored(days + 4, 7).remainder)
        // Years that begin in March put the leap day last.
        let (era, dayOfEra) = Self.floored(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int(shifted + (shifted < 10 ? 3 : -9))
        year = Int(yearOfEra + era * 400) + (shifted < 10 ? 0 : 1)
    }

    /// Seconds until the clock shows midnight, if nobody touches it.
    var secondsToNextDay: Int64 { Int64(86_400 - hour * 3600 - minute * 60 - second) }

    /// Days from 1 January 1970 to a date.
    static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = floored(shifted, 400)
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func floored(_ number: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
