// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// What `forget` was asked for, and how it decides and tells.
struct ForgetRequest: Sendable {
    var policy: RetentionPolicy
    var grouping: GroupingCriteria
    var filter: SnapshotFilter
    var allowsRemovingAll: Bool
    var isCompact: Bool
    var isDryRun: Bool

    /// One group after the policy has judged it, newest first.
    struct Judged: Sendable {
        var key: GroupingCriteria.Key
        var kept: [(stored: StoredSnapshot, reasons: [String])]
        var removed: [StoredSnapshot]
    }

    /// Applies the policy to each group.
    ///
    /// - Throws: ``CommandFailure`` when a group would lose all its snapshots without leave.
    func judge(_ snapshots: [StoredSnapshot], now: Timestamp) throws -> [Judged] {
        try grouping.orderedGroups(of: snapshots).map { key, members in
            let newestFirst = members.sorted { $0.snapshot.time > $1.snapshot.time }
            var judged = Judged(key: key, kept: [], removed: [])
            if policy.isEmpty {
                judged.removed = newestFirst
            } else {
                let verdicts = policy.verdicts(on: newestFirst.map(\.snapshot), now: now)
                for (stored, verdict) in zip(newestFirst, verdicts) {
                    if verdict.isKept {
                        judged.kept.append((stored, verdict.reasons))
                    } else {
                        judged.removed.append(stored)
                    }
                }
            }
            if judged.kept.isEmpty, !allowsRemovingAll {
                throw CommandFailure(
                    "refusing to delete last snapshot of snapshot group \"\(key.sentence)\"; nothing was removed. "
                        + "Keep at least one, or add --unsafe-allow-remove-all and a filter."
                )
            }
            return judged
        }
    }

    /// Applies the policy and tells what it keeps and removes.
    ///
    /// - Returns: The snapshots to remove.
    func byPolicy(_ snapshots: [StoredSnapshot], _ session: RepositorySession) throws -> [SnapshotID] {
        let groups = try judge(snapshots, now: session.repository.options.wallClock.now())
        if session.console.isJSON {
            if !groups.isEmpty { session.console.write(json(groups)) }
        } else {
            show(groups, session.console, zone: TimeText.zone(in: session.context))
        }
        return groups.flatMap { $0.removed.map(\.id) }
    }

    private func show(_ groups: [Judged], _ console: Console, zone: String) {
        console.say("Applying Policy: \(RetentionText.sentence(policy))")
        for group in groups {
            let title = group.key.sentence
            if !title.isEmpty { console.say("snapshots for \(title):") }
            let kept = group.kept.map {
                SnapshotText.Row(id: $0.stored.id, snapshot: $0.stored.snapshot, reasons: $0.reasons)
            }
            let removed = group.removed.map { SnapshotText.Row(id: $0.id, snapshot: $0.snapshot) }
            for (verb, rows) in [("keep", kept), ("remove", removed)] where !rows.isEmpty {
                console.say("\(verb) \(rows.count) snapshots:")
                let table = SnapshotText.table(rows.reversed(), isCompact: isCompact, zone: zone)
                for line in table { console.say(line) }
                console.say()
            }
        }
    }

    private func json(_ groups: [Judged]) -> JSONText {
        var json = JSONText()
        json.array(groups) { json, group in
            json.object { json in
                json.member("tags", group.key.tags.flatMap { $0.isEmpty ? nil : $0 })
                json.member("host", group.key.host ?? "")
                json.member("paths", group.key.paths)
                json.key("keep")
                list(group.kept.map(\.stored), into: &json)
                json.key("remove")
                list(group.removed, into: &json)
                json.key("reasons")
                guard !group.kept.isEmpty else { return json.null() }
                json.array(group.kept) { json, kept in
                    json.object { json in
                        json.key("snapshot")
                        SnapshotText.json(kept.stored.id, kept.stored.snapshot, into: &json)
                        json.member("matches", kept.reasons)
                    }
                }
            }
        }
        json.endLine()
        return json
    }

    private func list(_ snapshots: [StoredSnapshot], into json: inout JSONText) {
        guard !snapshots.isEmpty else { return json.null() }
        json.array(snapshots) { SnapshotText.json($1.id, $1.snapshot, into: &$0) }
    }
}
