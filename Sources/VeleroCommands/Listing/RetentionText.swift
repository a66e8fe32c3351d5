// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine

/// A retention policy in words.
enum RetentionText {
    /// `keep 2 latest, 3 daily snapshots and all snapshots with tags [[a, b]]`, or `remove` for a policy without rules.
    static func sentence(_ policy: RetentionPolicy) -> String {
        var counted: [String] = []
        append(policy.last, "latest", to: &counted)
        for (period, name) in periods { append(policy.periods[period] ?? .count(0), name, to: &counted) }
        var lists: [String] = []
        if !counted.isEmpty { lists.append(counted.joined(separator: ", ") + " snapshots") }
        for (period, name) in periods {
            guard let span = policy.periodsWithin[period], !span.isZero else { continue }
            lists.append("\(name) snapshots within \(span)")
        }
        var parts = lists.isEmpty ? [] : [lists.joined(separator: ", ")]
        if !policy.tags.isEmpty {
            let tags = policy.tags.map { "[" + $0.map { PrintableText.name($0) }.joined(separator: ", ") + "]" }
            parts.append("all snapshots with tags [\(tags.joined(separator: " "))]")
        }
        if !policy.within.isZero { parts.append("all snapshots within \(policy.within) of the newest") }
        return parts.isEmpty ? "remove" : "keep " + parts.joined(separator: " and ")
    }

    private static let periods: [(RetentionPeriod, String)] = [
        (.hourly, "hourly"), (.daily, "daily"), (.weekly, "weekly"), (.monthly, "monthly"), (.yearly, "yearly"),
    ]

    private static func append(_ limit: RetentionPolicy.Limit, _ name: String, to list: inout [String]) {
        switch limit {
        case .unlimited: list.append("all \(name)")
        case .count(let count): if count > 0 { list.append("\(count) \(name)") }
        }
    }
}
