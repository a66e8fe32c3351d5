// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Compares two snapshots: `velero restic diff`.
struct DiffCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "diff",
        abstract: "Show what differs between two snapshots.",
        discussion: """
            Before each path: + added, - removed, M content differs, T kind differs, U metadata differs (with --metadata), and M? for \
            content that differs although size, times and inode are equal, which suggests a damaged disk. \
            SNAPSHOT:/directory compares only that directory.
            """,
        examples: [
            "velero restic diff 59a27c4f latest",
            "velero restic diff --metadata 59a27c4f:/var/lib latest:/var/lib",
        ]
    )

    @Argument(help: "The older snapshot: id, its beginning, or latest; with :/directory only that part.")
    var first: String
    @Argument(help: "The newer snapshot.") var second: String

    @Flag(help: "Show differences in metadata as well.") var metadata = false
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let places = (SnapshotPath(first), SnapshotPath(second))
        try await withRepository(.reading, in: context) { session in
            let (repository, console) = (session.repository, session.console)
            let old = try await repository.resolveSnapshot(places.0.name)
            let new = try await repository.resolveSnapshot(places.1.name)
            console.say("comparing snapshot \(old.id.shortHex) to \(new.id.shortHex):\n")
            try await session.loadIndex()
            var comparison = SnapshotComparison(repository, comparesMetadata: metadata) { change, path in
                if console.isJSON {
                    var json = JSONText()
                    json.object { json in
                        json.member("message_type", "change")
                        json.member("path", path)
                        json.member("modifier", change)
                    }
                    json.endLine()
                    console.write(json)
                } else {
                    console.result(DecimalText.rightPadded(change, to: 5) + PrintableText.name(path))
                }
                try console.display.requireOutput()
            }
            try await comparison.run(
                try await repository.tree(at: places.0.components, in: old.snapshot),
                try await repository.tree(at: places.1.components, in: new.snapshot)
            )
            summarize(comparison, old, new, console)
        }
    }

    private func summarize(
        _ comparison: SnapshotComparison,
        _ old: StoredSnapshot,
        _ new: StoredSnapshot,
        _ console: Console
    ) {
        let (added, removed) = (comparison.added, comparison.removed)
        guard console.isJSON else {
            func counts(_ name: String, _ added: Int, _ removed: Int) -> String {
                name + DecimalText.leftPadded("\(added)", to: 17 - name.count) + " new, "
                    + DecimalText.leftPadded("\(removed)", to: 5) + " removed"
            }
            let changed = DecimalText.leftPadded("\(comparison.changedFileCount)", to: 5)
            console.result()
            console.result(counts("Files:", added.files, removed.files) + ", \(changed) changed")
            console.result(counts("Dirs:", added.directories, removed.directories))
            console.result(counts("Others:", added.others, removed.others))
            console.result(counts("Data Blobs:", added.dataBlobs, removed.dataBlobs))
            console.result(counts("Tree Blobs:", added.treeBlobs, removed.treeBlobs))
            console.result("  Added:   " + ByteCountText.format(added.byteCount))
            console.result("  Removed: " + ByteCountText.format(removed.byteCount))
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "statistics")
            json.member("source_snapshot", old.id.shortHex)
            json.member("target_snapshot", new.id.shortHex)
            json.member("changed_files", comparison.changedFileCount)
            json.key("added")
            Self.write(added, into: &json)
            json.key("removed")
            Self.write(removed, into: &json)
        }
        json.endLine()
        console.write(json)
    }

    private static func write(_ counts: SnapshotComparison.Counts, into json: inout JSONText) {
        json.object { json in
            json.member("files", counts.files)
            json.member("dirs", counts.directories)
            json.member("others", counts.others)
            json.member("data_blobs", counts.dataBlobs)
            json.member("tree_blobs", counts.treeBlobs)
            json.member("bytes", counts.byteCount)
        }
    }
}
