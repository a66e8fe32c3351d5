// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine

/// The flags of `forget` that say what to keep.
struct RetentionFlags: ParsableArguments {
    @Option(
        name: [.customShort("l", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Keep the newest n, or all with unlimited.", valueName: "n")
    )
    var keepLast: String?

    @Option(
        name: [.customShort("H", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Keep the newest of each of the last n hours that have one.", valueName: "n")
    )
    var keepHourly: String?

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The same with days.", valueName: "n")
    )
    var keepDaily: String?

    @Option(
        name: [.customShort("w", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The same with weeks.", valueName: "n")
    )
    var keepWeekly: String?

    @Option(
        name: [.customShort("m", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The same with months.", valueName: "n")
    )
    var keepMonthly: String?

    @Option(
        name: [.customShort("y", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The same with years.", valueName: "n")
    )
    var keepYearly: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep what is younger than this before the newest, e.g. 1y5m7d2h.", valueName: "span")
    )
    var keepWithin: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("One per hour of that span.", valueName: "span"))
    var keepWithinHourly: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("One per day of that span.", valueName: "span"))
    var keepWithinDaily: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("One per week of that span.", valueName: "span"))
    var keepWithinWeekly: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("One per month of that span.", valueName: "span"))
    var keepWithinMonthly: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("One per year of that span.", valueName: "span"))
    var keepWithinYearly: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Keep what has all these tags; repeat for alternatives.", valueName: "tag,tag")
    )
    var keepTag: [String] = []

    /// - Throws: ``CommandFailure`` naming the flag and what it takes.
    var policy: RetentionPolicy {
        get throws(CommandFailure) {
            var policy = RetentionPolicy()
            policy.last = try Self.limit(keepLast, flag: "--keep-last")
            policy.periods[.hourly] = try Self.limit(keepHourly, flag: "--keep-hourly")
            policy.periods[.daily] = try Self.limit(keepDaily, flag: "--keep-daily")
            policy.periods[.weekly] = try Self.limit(keepWeekly, flag: "--keep-weekly")
            policy.periods[.monthly] = try Self.limit(keepMonthly, flag: "--keep-monthly")
            policy.periods[.yearly] = try Self.limit(keepYearly, flag: "--keep-yearly")
            policy.within = try Self.span(keepWithin, flag: "--keep-within")
            policy.periodsWithin[.hourly] = try Self.span(keepWithinHourly, flag: "--keep-within-hourly")
            policy.periodsWithin[.daily] = try Self.span(keepWithinDaily, flag: "--keep-within-daily")
            policy.periodsWithin[.weekly] = try Self.span(keepWithinWeekly, flag: "--keep-within-weekly")
            policy.periodsWithin[.monthly] = try Self.span(keepWithinMonthly, flag: "--keep-within-monthly")
            policy.periodsWithin[.yearly] = try Self.span(keepWithinYearly, flag: "--keep-within-yearly")
            policy.tags = TagLists.parse(keepTag)
            return policy
        }
    }

    private static func limit(_ text: String?, flag: String) throws(CommandFailure) -> RetentionPolicy.Limit {
        guard let text else { return .count(0) }
        guard let limit = RetentionPolicy.Limit(text) else {
            throw CommandFailure("\(flag) \(text): write a number from 0, or unlimited")
        }
        return limit
    }

    private static func span(_ text: String?, flag: String) throws(CommandFailure) -> RetentionSpan {
        guard let text else { return RetentionSpan() }
        guard let span = RetentionSpan(text) else {
            throw CommandFailure("\(flag) \(text): write a span of years, months, days and hours like 1y5m7d2h")
        }
        return span
    }
}
