// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Changes tags of snapshots: `velero restic tag`.
struct TagCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "tag",
        abstract: "Set, add or remove tags of snapshots.",
        discussion: """
            Snapshots cannot be changed, so each one is replaced: it gets a new id and remembers its original one. Without ids
            all snapshots that pass the filters are meant.
            """,
        examples: [
            "velero restic tag --add keep 1a2b3c4d",
            "velero restic tag --set daily,db --host db1",
        ]
    )

    @Argument(help: ArgumentHelp("Only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Replace all tags by these; \"\" for none.", valueName: "tag,tag")
    )
    var set: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Add these tags.", valueName: "tag,tag"))
    var add: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Remove these tags.", valueName: "tag,tag"))
    var remove: [String] = []

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let change = try change
        try await withRepository(.exclusive(isOptional: false), in: context) { session in
            let lock = try session.exclusiveLock
            var changedCount = 0
            for stored in try await session.snapshots(names, filter: filter.filter(in: context)) {
                var snapshot = stored.snapshot
                guard change.apply(to: &snapshot) else { continue }
                let id = try await session.repository.replaceSnapshot(stored.id, with: snapshot, holding: lock)
                changedCount += 1
                if session.console.isJSON { session.console.write(json(stored.id, id)) }
                session.console.detail("snapshot \(stored.id.shortHex) is now \(id.shortHex)")
            }
            if session.console.isJSON {
                session.console.write(summary(changedCount))
            } else {
                session.console.say(
                    changedCount == 0 ? "no snapshots were modified" : "modified \(changedCount) snapshots"
                )
            }
        }
    }

    private var change: TagChange {
        get throws(CommandFailure) {
            guard !(set.isEmpty && add.isEmpty && remove.isEmpty) else {
                throw CommandFailure("nothing to do: give --set, --add or --remove")
            }
            guard set.isEmpty || (add.isEmpty && remove.isEmpty) else {
                throw CommandFailure("--set excludes --add and --remove")
            }
            return TagChange(
                set: set.isEmpty ? nil : TagLists.flattened(set),
                add: TagLists.flattened(add),
                remove: TagLists.flattened(remove)
            )
        }
    }

    private func json(_ old: SnapshotID, _ new: SnapshotID) -> JSONText {
        var json = JSONText()
        json.object { json in
            json.member("message_type", "changed")
            json.member("old_snapshot_id", old.hex)
            json.member("new_snapshot_id", new.hex)
        }
        json.endLine()
        return json
    }

    private func summary(_ count: Int) -> JSONText {
        var json = JSONText()
        json.object { json in
            json.member("message_type", "summary")
            json.member("changed_snapshots", count)
        }
        json.endLine()
        return json
    }
}
