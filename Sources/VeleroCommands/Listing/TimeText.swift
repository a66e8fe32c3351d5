// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Times as they are shown and typed.
package enum TimeText {
    /// `2026-11-22 12:46:17` in this process's time zone.
    package static func local(_ time: Timestamp) -> String {
        let offset = LocalTime.calendar(unixSeconds: time.seconds).utcOffset
        return civil(time.shown(utcOffsetSeconds: Int32(truncatingIfNeeded: offset)).civil)
    }

    /// The zone that local times are shown in: what TZ names, else `local time`.
    package static func zone(in context: CommandContext) -> String {
        guard let name = context.environment["TZ"] else { return "local time" }
        if name.isEmpty { return "UTC" }
        return name.hasPrefix("/") || name.hasPrefix(":") ? "local time" : name
    }

    /// Date, time to the nanosecond, offset and zone, as snapshots are introduced: `2026-11-22 12:46:18.758841581 +0000 UTC`.
    package static func full(_ time: Timestamp) -> String {
        let offset = Int(time.utcOffsetSeconds)
        let sign = offset < 0 ? "-" : "+"
        let hours = DecimalText.zeroPadded(abs(offset) / 3600, to: 2)
        let minutes = DecimalText.zeroPadded(abs(offset) / 60 % 60, to: 2)
        var fraction = ""
        if time.nanoseconds > 0 {
            fraction = "." + DecimalText.zeroPadded(time.nanoseconds, to: 9)
            while fraction.last == "0" { fraction.removeLast() }
        }
        let local = LocalTime.calendar(unixSeconds: time.seconds).utcOffset
        let zone =
            offset == 0
            ? "UTC" : offset == local ? LocalTime.zoneName(unixSeconds: time.seconds) : "\(sign)\(hours)\(minutes)"
        return civil(time.civil) + fraction + " \(sign)\(hours)\(minutes) \(zone)"
    }

    /// Reads `2012-11-01 22:08:41`, `2012-11-01 22:08` or `2012-11-01`, in this process's time zone.
    ///
    /// - Returns: nil for anything else, including dates that do not exist.
    package static func parse(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        guard let date = numbers(parts[0], separator: "-", counts: [4, 2, 2]), date.count == 3 else { return nil }
        var clock = [0, 0, 0]
        if parts.count == 2 {
            guard let given = numbers(parts[1], separator: ":", counts: [2, 2, 2]), given.count >= 2 else { return nil }
            clock = given + Array(repeating: 0, count: 3 - given.count)
        }
        guard (1...12).contains(date[1]), (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0..<60).contains(clock[2]), (1...CivilTime.dayCount(ofMonth: date[1], year: date[0])).contains(date[2])
        else { return nil }
        let seconds = LocalTime.unixSeconds(
            LocalTime.Calendar(
                year: date[0],
                month: date[1],
                day: date[2],
                hour: clock[0],
                minute: clock[1],
                second: clock[2]
            )
        )
        let offset = LocalTime.calendar(unixSeconds: seconds).utcOffset
        return Timestamp(seconds: seconds, utcOffsetSeconds: Int32(truncatingIfNeeded: offset))
    }

    private static func numbers(_ text: Substring, separator: Character, counts: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count <= counts.count else { return nil }
        var values: [Int] = []
        for (part, count) in zip(parts, counts) {
            guard part.count == count, part.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(part) else {
                return nil
            }
            values.append(value)
        }
        return values
    }

    private static func civil(_ time: CivilTime) -> String {
        let two: (Int) -> String = { DecimalText.zeroPadded($0, to: 2) }
        let date = "\(DecimalText.zeroPadded(time.year, to: 4))-\(two(time.month))-\(two(time.day))"
        return "\(date) \(two(time.hour)):\(two(time.minute)):\(two(time.second))"
    }
}
