// SPDX-License-Identifier: Apache-2.0

internal import ResticFormat

/// A stretch of calendar time of which one snapshot is kept.
package enum RetentionPeriod: CaseIterable, Sendable {
    case hourly, daily, weekly, monthly, yearly

    /// The word used in reasons.
    var name: String {
        switch self {
        case .hourly: "hourly"
        case .daily: "daily"
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .yearly: "yearly"
        }
    }

    /// A number that two moments share if they fall into the same period, by their own calendars.
    func bucket(_ civil: CivilTime) -> Int {
        switch self {
        case .hourly: civil.year * 1_000_000 + civil.month * 10_000 + civil.day * 100 + civil.hour
        case .daily: civil.year * 10_000 + civil.month * 100 + civil.day
        case .weekly: civil.isoWeek.year * 100 + civil.isoWeek.week
        case .monthly: civil.year * 100 + civil.month
        case .yearly: civil.year
        }
    }
}
