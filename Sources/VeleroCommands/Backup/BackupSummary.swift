// SPDX-License-Identifier: Apache-2.0

import DataMover
import ResticFormat

/// What a backup says at its end.
struct BackupSummary {
    var outcome: BackupOutcome
    var elapsed: Duration
    var isDryRun: Bool

    func lines(verbosity: Verbosity) -> [String] {
        let counts = outcome.counts
        func row(_ new: Int, _ changed: Int, _ unmodified: Int) -> String {
            let cell: (Int) -> String = { DecimalText.leftPadded("\($0)", to: 5) }
            return "\(cell(new)) new, \(cell(changed)) changed, \(cell(unmodified)) unmodified"
        }
        func size(_ count: Int) -> String { DecimalText.rightPadded(ByteCountText.format(count), to: 5) }
        var lines = [
            "",
            "Files:       \(row(counts.filesNew, counts.filesChanged, counts.filesUnmodified))",
            "Dirs:        \(row(counts.directoriesNew, counts.directoriesChanged, counts.directoriesUnmodified))",
        ]
        if verbosity >= .verbose {
            lines.append("Data Blobs:  \(DecimalText.leftPadded("\(counts.dataBlobs)", to: 5)) new")
            lines.append("Tree Blobs:  \(DecimalText.leftPadded("\(counts.treeBlobs)", to: 5)) new")
        }
        let verb = isDryRun ? "Would add" : "Added"
        lines.append("\(verb) to the repository: \(size(counts.dataAdded)) (\(size(counts.dataAddedPacked)) stored)")
        lines.append("")
        let processed = ByteCountText.format(counts.bytesDone)
        lines.append("processed \(counts.filesDone) files, \(processed) in \(DurationText.clock(elapsed))")
        if let id = outcome.snapshotID { lines.append("snapshot \(id.shortHex) saved") }
        if outcome.snapshotID == nil, !isDryRun { lines.append("skipped creating snapshot: nothing has changed") }
        return lines
    }

    func json() -> JSONText {
        let counts = outcome.counts
        var json = JSONText()
        json.object { json in
            json.member("message_type", "summary")
            json.member("files_new", counts.filesNew)
            json.member("files_changed", counts.filesChanged)
            json.member("files_unmodified", counts.filesUnmodified)
            json.member("dirs_new", counts.directoriesNew)
            json.member("dirs_changed", counts.directoriesChanged)
            json.member("dirs_unmodified", counts.directoriesUnmodified)
            json.member("data_blobs", counts.dataBlobs)
            json.member("tree_blobs", counts.treeBlobs)
            json.member("data_added", counts.dataAdded)
            json.member("data_added_packed", counts.dataAddedPacked)
            json.member("total_files_processed", counts.filesDone)
            json.member("total_bytes_processed", counts.bytesDone)
            json.member("total_duration", DurationText.seconds(elapsed))
            let summary = outcome.snapshot.summary
            json.member("backup_start", (summary?.backupStart ?? outcome.snapshot.time).rfc3339)
            json.member("backup_end", (summary?.backupEnd ?? outcome.snapshot.time).rfc3339)
            if let id = outcome.snapshotID ?? outcome.rehearsedID { json.member("snapshot_id", id.hex) }
            if isDryRun { json.member("dry_run", true) }
        }
        json.endLine()
        return json
    }
}
