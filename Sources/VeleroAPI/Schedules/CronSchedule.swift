// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// When a schedule's backups are due: five fields of cron, `@daily` and the like, or `@every 6h`, with a time zone if one is named.
///
/// Follows the library that Velero reads schedules with, also where clocks are put forward (what falls into the hour that does not exist
/// is left out) and back (what falls into the hour that comes twice is done twice).
package struct CronSchedule: Sendable, Hashable {
    private enum Rule: Sendable, Hashable {
        case fields(minute: CronField, hour: CronField, dayOfMonth: CronField, month: CronField, dayOfWeek: CronField)
        /// In seconds.
        case every(Int64)
    }

    private let rule: Rule
    /// The zone named by `CRON_TZ=` or `TZ=`; nil if none is.
    package let zoneName: String?

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// - Throws: ``CronError`` with the reason.
    package init(parsing text: String) throws(CronError) {
        guard !text.isEmpty else { throw CronError("empty spec string") }
        guard text.utf8.count <= 1000 else { throw CronError("it is longer than 1000 bytes") }
        var rest = text[...]
        var zone: String?
        for prefix in ["CRON_TZ=", "TZ="] where zone == nil && rest.hasPrefix(prefix) {
            let name = rest.dropFirst(prefix.count).prefix { $0 != " " }
            guard Self.isZoneName(name) else { throw CronError("provided bad location \(CronError.shown(name))") }
            zone = String(name)
            rest = rest.dropFirst(prefix.count + name.count).drop { $0.isWhitespace }
        }
        zoneName = zone
        let words = rest.split(whereSeparator: \.isWhitespace)
        if words.first == "@every" {
            guard words.count == 2, let pause = GoDuration(parsing: String(words[1])) else {
                throw CronError("failed to parse duration \(CronError.shown(rest)): write @every 6h")
            }
            rule = .every(max(1, pause.nanoseconds / 1_000_000_000))
            return
        }
        if rest.hasPrefix("@") {
            guard let fields = Self.nicknames[String(rest.drop { $0.isWhitespace })] else {
                throw CronError("unrecognized descriptor: \(CronError.shown(rest))")
            }
            rule = try Self.rule(fields.split(separator: " "))
            return
        }
        guard words.count == 5 else {
            throw CronError("expected exactly 5 fields, found \(words.count): [\(CronError.shown(rest))]")
        }
        rule = try Self.rule(words)
    }

    private static func rule(_ words: [Substring]) throws(CronError) -> Rule {
        .fields(
            minute: try CronField(words[0], .minute),
            hour: try CronField(words[1], .hour),
            dayOfMonth: try CronField(words[2], .dayOfMonth),
            month: try CronField(words[3], .month),
            dayOfWeek: try CronField(words[4], .dayOfWeek)
        )
    }

    /// Whether a text can name a zone, and nothing else.
    package static func isZoneName(_ name: some StringProtocol) -> Bool {
        guard (1...100).contains(name.utf8.count) else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                return false
            }
            return part.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            }
        }
    }

    // MARK: Moments

    /// The first moment after `time` at which a backup is due; nil if there is none within five years.
    ///
    /// - Parameter zone: The zone whose clocks the fields are about.
    package func next(after time: KubeTime, in zone: TimeZoneRules) -> KubeTime? {
        switch rule {
        case .every(let seconds): return KubeTime(seconds: time.seconds + seconds)
        case .fields(let minute, let hour, let dayOfMonth, let month, let dayOfWeek):
            let days = DayRule(dayOfMonth: dayOfMonth, month: month, dayOfWeek: dayOfWeek)
            let end = time.seconds + 5 * 366 * 86_400
            var moment = (Self.floor(time.seconds, 60) + 1) * 60
            while moment < end {
                let clock = WallClockTime(seconds: moment + zone.offset(at: moment))
                if !days.allows(clock) {
                    // Beyond midnight clocks may be put on or back, so the last hours are gone step by step.
                    moment += max(60, clock.secondsToNextDay - 4 * 3600)
                } else if !hour.contains(clock.hour) || !minute.contains(clock.minute) {
                    moment += 60
                } else {
                    return KubeTime(seconds: moment)
                }
            }
            return nil
        }
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Which days are meant: if both fields say something, a day of either.
private struct DayRule {
    let dayOfMonth: CronField
    let month: CronField
    let dayOfWeek: CronField

    func allows(_ clock: WallClockTime) -> Bool {
        guard month.contains(clock.month) else { return false }
        let fitsMonth = dayOfMonth.contains(clock.day)
        let fitsWeek = dayOfWeek.contains(clock.dayOfWeek)
        return dayOfMonth.isStar || dayOfWeek.isStar ? fitsMonth && fitsWeek : fitsMonth || fitsWeek
    }
}
