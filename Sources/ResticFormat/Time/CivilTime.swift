// SPDX-License-Identifier: Apache-2.0

/// Date and time of day in the proleptic Gregorian calendar, without a zone.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The reading of a calendar and clock `secondsSinceEpoch` after the start of 1970, in the same zone.
    package init(secondsSinceEpoch: Int64) {
        let (days, secondOfDay) = Self.floorDivide(secondsSinceEpoch, by: 86_400)
        // Years that start in March put the leap day last; eras of 400 years all have 146 097 days.
        let (era, dayOfEra) = Self.floorDivide(days &+ 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = Int(secondOfDay / 3_600)
        minute = Int(secondOfDay / 60 % 60)
        second = Int(secondOfDay % 60)
    }

    /// Seconds from the start of 1970 to this reading, in the same zone; fields out of range carry over.
    ///
    /// Years are expected within ± 100 million.
    package var secondsSinceEpoch: Int64 {
        let (carriedYears, monthIndex) = Self.floorDivide(Int64(month) - 1, by: 12)
        let shiftedYear = Int64(year) + carriedYears - (monthIndex < 2 ? 1 : 0)
        let (era, yearOfEra) = Self.floorDivide(shiftedYear, by: 400)
        let monthFromMarch = (monthIndex + 10) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
    }

    /// The ISO 8601 week, and the year that week belongs to.
    package var isoWeek: (year: Int, week: Int) {
        let (days, _) = Self.floorDivide(secondsSinceEpoch, by: 86_400)
        let (_, weekday) = Self.floorDivide(days + 3, by: 7)  // Monday is 0: 1970-01-01 was a Thursday.
        let thursday = CivilTime(secondsSinceEpoch: (days - weekday + 3) * 86_400)
        let newYear = CivilTime(year: thursday.year, month: 1, day: 1).secondsSinceEpoch / 86_400
        return (thursday.year, Int(days - weekday + 3 - newYear) / 7 + 1)
    }

    /// Days in a month of the Gregorian calendar.
    package static func dayCount(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Timestamp {
    /// Makes the moment at which clocks `utcOffsetSeconds` ahead of UTC read `civil`.
    package init(civil: CivilTime, nanoseconds: UInt32 = 0, utcOffsetSeconds: Int32 = 0) {
        self.init(
            seconds: civil.secondsSinceEpoch - Int64(utcOffsetSeconds),
            nanoseconds: nanoseconds,
            utcOffsetSeconds: utcOffsetSeconds
        )
    }

    /// What clocks at this moment's own offset read.
    package var civil: CivilTime { CivilTime(secondsSinceEpoch: seconds &+ Int64(utcOffsetSeconds)) }
}
