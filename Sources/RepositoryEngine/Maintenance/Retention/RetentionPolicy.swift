// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Which snapshots of a group to keep; all others may be removed.
package struct RetentionPolicy: Hashable, Sendable {
    /// How many snapshots a rule keeps.
    package enum Limit: Hashable, Sendable {
        case count(Int)
        case unlimited

        /// Reads a number, or `unlimited`, for which -1 is an older spelling; nil for anything else.
        package init?(_ text: String) {
            if text == "unlimited" || text == "-1" {
                self = .unlimited
            } else if let count = Int(text), count >= 0 {
                self = .count(count)
            } else {
                return nil
            }
        }
    }

    /// Keep the newest snapshots.
    package var last = Limit.count(0)
    /// Keep the newest snapshot of each of the newest periods that have one.
    package var periods: [RetentionPeriod: Limit] = [:]
    /// Keep what is younger than this, seen from the newest snapshot.
    package var within = RetentionSpan()
    /// Keep the newest snapshot of each period younger than this, seen from the newest snapshot.
    package var periodsWithin: [RetentionPeriod: RetentionSpan] = [:]
    /// Keep what has all tags of any of these lists; an empty tag stands for snapshots without tags.
    package var tags: [[String]] = []

    package init() {}

    /// Whether no rule is set; such a policy keeps everything.
    package var isEmpty: Bool {
        last == .count(0) && periods.values.allSatisfy { $0 == .count(0) } && within.isZero
            && periodsWithin.values.allSatisfy(\.isZero) && tags.isEmpty
    }

    /// What the policy says about one snapshot.
    package struct Verdict: Hashable, Sendable {
        /// The rules that keep the snapshot, in words; empty if none does.
        package var reasons: [String] = []
        /// Whether any rule keeps the snapshot.
        package var isKept: Bool { !reasons.isEmpty }
    }

    /// Judges the snapshots of one group.
    ///
    /// - Parameters:
    ///   - snapshots: The group, in any order; among equal times the order decides.
    ///   - now: Snapshots from later than this do not count as the newest that ages are measured from.
    /// - Returns: A verdict for each snapshot, in the order given.
    /// - Complexity: O(n log n).
    package func verdicts(on snapshots: [Snapshot], now: Timestamp) -> [Verdict] {
        guard !isEmpty else { return snapshots.map { _ in Verdict(reasons: ["policy is empty"]) } }
        let order = snapshots.indices.sorted {
            let (left, right) = (snapshots[$0].time, snapshots[$1].time)
            return left == right ? $0 < $1 : left > right
        }
        let latest = order.lazy.map { snapshots[$0].time }.first { $0 < now } ?? .zero
        var counters = makeCounters(latest: latest)
        var verdicts = snapshots.map { _ in Verdict() }
        for (position, index) in order.enumerated() {
            let snapshot = snapshots[index]
            var reasons: [String] = []
            for list in tags where snapshot.hasAllTags(list) {
                reasons.append("has tags [\(list.joined(separator: ", "))]")
            }
            if !within.isZero, snapshot.time > within.before(latest) { reasons.append("within \(within)") }
            let civil = snapshot.time.civil
            for counter in counters.indices {
                let reason = counters[counter].judge(
                    snapshot.time,
                    civil: civil,
                    position: position,
                    isOldest: position == order.count - 1
                )
                if let reason { reasons.append(reason) }
            }
            verdicts[index].reasons = reasons
        }
        return verdicts
    }

    private func makeCounters(latest: Timestamp) -> [RetentionCounter] {
        var counters = [RetentionCounter(period: nil, limit: last, earliest: nil, reason: "last snapshot")]
        for period in RetentionPeriod.allCases {
            let limit = periods[period] ?? .count(0)
            counters.append(
                RetentionCounter(period: period, limit: limit, earliest: nil, reason: "\(period.name) snapshot")
            )
        }
        for period in RetentionPeriod.allCases {
            guard let span = periodsWithin[period], !span.isZero else { continue }
            counters.append(
                RetentionCounter(
                    period: period,
                    limit: .unlimited,
                    earliest: span.before(latest),
                    reason: "\(period.name) within \(span)"
                )
            )
        }
        return counters
    }
}

/// One rule at work: walks over snapshots from the newest to the oldest and keeps the first of each period.
private struct RetentionCounter {
    /// The period of which one is kept; nil keeps every snapshot.
    let period: RetentionPeriod?
    var limit: RetentionPolicy.Limit
    /// Only snapshots after this moment count.
    let earliest: Timestamp?
    let reason: String
    private var lastBucket: Int?

    init(period: RetentionPeriod?, limit: RetentionPolicy.Limit, earliest: Timestamp?, reason: String) {
        self.period = period
        self.limit = limit
        self.earliest = earliest
        self.reason = reason
    }

    /// Why the rule keeps this snapshot; nil if it does not.
    mutating func judge(_ time: Timestamp, civil: CivilTime, position: Int, isOldest: Bool) -> String? {
        if case .count(let left) = limit, left <= 0 { return nil }
        if let earliest, time <= earliest { return nil }
        let bucket = period?.bucket(civil) ?? position
        let isSameBucket = bucket == lastBucket
        guard !isSameBucket || isOldest else { return nil }
        lastBucket = bucket
        if case .count(let left) = limit { limit = .count(left - 1) }
        return isSameBucket ? "oldest \(reason)" : reason
    }
}
