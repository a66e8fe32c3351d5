// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Tells how large snapshots are: `velero restic stats`.
struct StatsCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "stats",
        abstract: "Show how large snapshots are.",
        discussion: """
            restore-size counts what a restore writes, files-by-contents equal files once, blobs-per-file equal parts of a file \
            once, and raw-data what the repository stores. Without snapshots all are counted together.
            """,
        examples: [
            "velero restic stats latest",
            "velero restic stats --mode raw-data --host db1",
        ]
    )

    @Argument(help: ArgumentHelp("Only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("restore-size, files-by-contents, blobs-per-file or raw-data.", valueName: "mode")
    )
    var mode: SnapshotStatistics.Mode = .restoreSize

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.reading, in: context) { session in
            let found = try await session.snapshots(names, filter: filter.filter(in: context))
            try await session.loadIndex()
            if mode == .rawData {
                let used = try await session.repository.usedBlobs(of: found.map(\.snapshot.tree))
                if let first = used.missing.first {
                    throw CommandFailure("\(first.kind.name) blob \(first.id) is in no index; run check")
                }
                report(StoredStatistics(used.marks, index: session.repository.index), of: found.count, session.console)
                return
            }
            var statistics = SnapshotStatistics(mode)
            for stored in found {
                statistics.beginSnapshot()
                try await TreeWalk(repository: session.repository).run(stored.snapshot.tree, at: "/") { node, path in
                    try statistics.add(node, at: path, index: session.repository.index)
                    return .into
                }
            }
            report(statistics, of: found.count, session.console)
        }
    }

    private func report(_ statistics: SnapshotStatistics, of snapshotCount: Int, _ console: Console) {
        guard console.isJSON else {
            introduce(snapshotCount, console)
            if statistics.blobCount > 0 { console.result("        Total Blob Count:  \(statistics.blobCount)") }
            if statistics.fileCount > 0 { console.result("        Total File Count:  \(statistics.fileCount)") }
            console.result("              Total Size:  \(ByteCountText.format(statistics.byteCount))")
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("total_size", statistics.byteCount)
            if statistics.fileCount > 0 { json.member("total_file_count", statistics.fileCount) }
            if statistics.blobCount > 0 { json.member("total_blob_count", statistics.blobCount) }
            json.member("snapshots_count", snapshotCount)
        }
        json.endLine()
        console.write(json)
    }

    private func report(_ statistics: StoredStatistics, of snapshotCount: Int, _ console: Console) {
        guard console.isJSON else {
            introduce(snapshotCount, console)
            if statistics.blobCount > 0 { console.result("        Total Blob Count:  \(statistics.blobCount)") }
            if statistics.uncompressedByteCount > 0 {
                console.result(" Total Uncompressed Size:  \(ByteCountText.format(statistics.uncompressedByteCount))")
            }
            console.result("              Total Size:  \(ByteCountText.format(statistics.byteCount))")
            guard statistics.compressionRatio > 0 else { return }
            console.result(
                "    Compression Progress:  \(DecimalText.fixed(statistics.compressionProgress, decimals: 2))%"
            )
            console.result("       Compression Ratio:  \(DecimalText.fixed(statistics.compressionRatio, decimals: 2))x")
            console.result("Compression Space Saving:  \(DecimalText.fixed(statistics.spaceSaving, decimals: 2))%")
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("total_size", statistics.byteCount)
            if statistics.uncompressedByteCount > 0 {
                json.member("total_uncompressed_size", statistics.uncompressedByteCount)
            }
            for (name, value) in [
                ("compression_ratio", statistics.compressionRatio),
                ("compression_progress", statistics.compressionProgress),
                ("compression_space_saving", statistics.spaceSaving),
            ] where value != 0 {
                json.member(name, value)
            }
            if statistics.blobCount > 0 { json.member("total_blob_count", statistics.blobCount) }
            json.member("snapshots_count", snapshotCount)
        }
        json.endLine()
        console.write(json)
    }

    private func introduce(_ snapshotCount: Int, _ console: Console) {
        console.result("Stats in \(mode.rawValue) mode:")
        console.result("     Snapshots processed:  \(snapshotCount)")
    }
}

extension SnapshotStatistics.Mode: ExpressibleByArgument {}
