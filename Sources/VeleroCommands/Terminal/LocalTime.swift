// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The calendar of this process's time zone.
enum LocalTime {
    /// A calendar time as a clock on the wall shows it.
    struct Calendar: Hashable, Sendable {
        var year: Int
        var month: Int
        var day: Int
        var hour = 0
        var minute = 0
        var second = 0
        /// Seconds east of Greenwich.
        var utcOffset = 0
    }

    /// Calendar of `seconds` since 1970.
    static func calendar(unixSeconds seconds: Int64) -> Calendar {
        var time = time_t(seconds)
        var fields = unsafe tm()
        // SAFETY: localtime_r reads one time_t and fills one tm.
        unsafe localtime_r(&time, &fields)
        return unsafe Calendar(
            year: Int(fields.tm_year) + 1900,
            month: Int(fields.tm_mon) + 1,
            day: Int(fields.tm_mday),
            hour: Int(fields.tm_hour),
            minute: Int(fields.tm_min),
            second: Int(fields.tm_sec),
            utcOffset: fields.tm_gmtoff
        )
    }

    /// Seconds since 1970 of a local calendar time, whose `utcOffset` is ignored.
    static func unixSeconds(_ calendar: Calendar) -> Int64 {
        var fields = unsafe tm()
        unsafe fields.tm_year = Int32(truncatingIfNeeded: calendar.year - 1900)
        unsafe fields.tm_mon = Int32(truncatingIfNeeded: calendar.month - 1)
        unsafe fields.tm_mday = Int32(truncatingIfNeeded: calendar.day)
        unsafe fields.tm_hour = Int32(truncatingIfNeeded: calendar.hour)
        unsafe fields.tm_min = Int32(truncatingIfNeeded: calendar.minute)
        unsafe fields.tm_sec = Int32(truncatingIfNeeded: calendar.second)
        unsafe fields.tm_isdst = -1
        // SAFETY: mktime reads and normalises one tm.
        return unsafe Int64(mktime(&fields))
    }

    /// Name of the zone at that time, like `UTC` or `CEST`.
    static func zoneName(unixSeconds seconds: Int64) -> String {
        var time = time_t(seconds)
        var fields = unsafe tm()
        // SAFETY: localtime_r fills tm_zone with a string of the C library that stays valid.
        unsafe localtime_r(&time, &fields)
        guard let zone = unsafe fields.tm_zone else { return "UTC" }
        return unsafe String(cString: zone)
    }
}
