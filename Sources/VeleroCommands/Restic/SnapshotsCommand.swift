// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Lists snapshots: `velero restic snapshots`.
struct SnapshotsCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "snapshots",
        abstract: "List the snapshots of the repository.",
        examples: [
            "velero restic snapshots",
            "velero restic snapshots --host db1 --latest 1 --json",
        ]
    )

    @Argument(help: ArgumentHelp("Only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @Flag(name: .shortAndLong, help: "One line per snapshot and tag, without paths.")
    var compact = false

    @Option(
        name: [.customShort("g", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Group by host, paths, tags, or several of them.", valueName: "what,what")
    )
    var groupBy: String = ""

    @Option(
        name: [.long, .customLong("last")],
        parsing: .unconditional,
        help: ArgumentHelp("Only the newest n for each host and set of paths.", valueName: "n")
    )
    var latest: Int?

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let grouping = try GroupingCriteria(argument: groupBy)
        if let latest, latest < 1 { throw CommandFailure("--latest \(latest): write a number above zero") }
        try await withRepository(.reading, in: context) { session in
            let found = try await session.snapshots(names, filter: filter.filter(in: context))
            let shown = newest(found.sorted { $0.snapshot.time < $1.snapshot.time })
            let groups = grouping.orderedGroups(of: shown)
            if session.console.isJSON {
                session.console.write(json(grouping.isEmpty ? nil : groups, all: shown))
            } else {
                for group in groups {
                    if !group.key.title.isEmpty { session.console.result(group.key.title) }
                    let rows = group.members.map { SnapshotText.Row(id: $0.id, snapshot: $0.snapshot) }
                    for line in SnapshotText.table(rows, isCompact: compact, zone: TimeText.zone(in: context)) {
                        session.console.result(line)
                    }
                }
                if groups.isEmpty { session.console.result("no snapshots") }
            }
        }
    }

    /// The newest of each host and set of paths, still oldest first.
    private func newest(_ snapshots: [StoredSnapshot]) -> [StoredSnapshot] {
        guard let latest else { return snapshots }
        let groups = GroupingCriteria.standard.groups(of: snapshots) { $0.snapshot }
        let kept = Set(groups.flatMap { $0.members.suffix(latest).map(\.id) })
        return snapshots.filter { kept.contains($0.id) }
    }

    private func json(
        _ groups: [(key: GroupingCriteria.Key, members: [StoredSnapshot])]?,
        all: [StoredSnapshot]
    ) -> JSONText {
        var json = JSONText()
        if let groups {
            json.array(groups) { json, group in
                json.object { json in
                    json.key("group_key")
                    json.object { json in
                        json.member("hostname", group.key.host ?? "")
                        json.member("paths", group.key.paths)
                        json.member("tags", group.key.tags.flatMap { $0.isEmpty ? nil : $0 })
                    }
                    json.key("snapshots")
                    json.array(group.members) { SnapshotText.json($1.id, $1.snapshot, into: &$0) }
                }
            }
        } else {
            json.array(all) { SnapshotText.json($1.id, $1.snapshot, into: &$0) }
        }
        json.endLine()
        return json
    }
}
