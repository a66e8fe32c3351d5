// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine

/// What a prune does, in numbers.
enum PruneText {
    /// What the repository holds before.
    static func details(_ plan: PrunePlan) -> [String] {
        let totals = plan.totals
        return [
            line("used:", totals.usedBlobCount, totals.usedByteCount),
            line("duplicates:", totals.duplicateBlobCount, totals.duplicateByteCount),
            line("unused:", totals.unusedBlobCount, totals.unusedByteCount),
            "unreferenced packs: \(plan.removeFirst.count) / \(ByteCountText.format(totals.unindexedByteCount))",
            "",
        ]
    }

    /// What changes and what stays.
    static func summary(_ plan: PrunePlan) -> [String] {
        let totals = plan.totals
        let share = DecimalText.percent(totals.remainingUnusedByteCount, of: max(1, totals.remainingByteCount))
        return [
            line("to repack:", totals.repackedBlobCount, totals.repackedByteCount),
            line("this removes:", totals.droppedByRepackBlobCount, totals.droppedByRepackByteCount),
            line("to delete:", totals.removedBlobCount, totals.removedByteCount + totals.unindexedByteCount),
            line(
                "total prune:",
                totals.removedBlobCount + totals.droppedByRepackBlobCount,
                totals.freedByteCount
            ),
            line("remaining:", totals.remainingBlobCount, totals.remainingByteCount),
            "unused size after prune: \(ByteCountText.format(totals.remainingUnusedByteCount)) "
                + "(\(share) of remaining size)",
        ]
    }

    /// The summary for programs.
    static func json(_ plan: PrunePlan, isDryRun: Bool) -> JSONText {
        let totals = plan.totals
        var json = JSONText()
        json.object { json in
            json.member("message_type", "summary")
            json.member("dry_run", isDryRun)
            json.key("blobs")
            json.object { json in
                json.member("used", totals.usedBlobCount)
                json.member("duplicate", totals.duplicateBlobCount)
                json.member("unused", totals.unusedBlobCount)
                json.member("total", totals.usedBlobCount + totals.unusedBlobCount)
                json.member("repack", totals.repackedBlobCount)
                json.member("repack_remove", totals.droppedByRepackBlobCount)
                json.member("remove", totals.removedBlobCount)
                json.member("remove_total", totals.removedBlobCount + totals.droppedByRepackBlobCount)
                json.member("remaining", totals.remainingBlobCount)
            }
            json.key("bytes")
            json.object { json in
                json.member("used", totals.usedByteCount)
                json.member("duplicate", totals.duplicateByteCount)
                json.member("unused", totals.unusedByteCount)
                json.member("unreferenced", totals.unindexedByteCount)
                json.member("total", totals.usedByteCount + totals.unusedByteCount + totals.unindexedByteCount)
                json.member("repack", totals.repackedByteCount)
                json.member("repack_remove", totals.droppedByRepackByteCount)
                json.member("remove", totals.removedByteCount)
                json.member("remove_total", totals.freedByteCount)
                json.member("remaining", totals.remainingByteCount)
                json.member("remaining_unused", totals.remainingUnusedByteCount)
            }
            json.key("packs")
            json.object { json in
                json.member("unreferenced", plan.removeFirst.count)
                json.member("repack", plan.repack.count)
                json.member("remove", plan.remove.count)
                json.member("missing", plan.ignore.count)
            }
        }
        json.endLine()
        return json
    }

    private static func line(_ label: String, _ blobCount: Int, _ byteCount: Int) -> String {
        DecimalText.rightPadded(label, to: 14) + DecimalText.leftPadded("\(blobCount)", to: 10)
            + " blobs / \(ByteCountText.format(byteCount))"
    }
}
