// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// How snapshots are shown.
package enum SnapshotText {
    /// A snapshot, its name, and why a policy keeps it.
    package struct Row: Sendable {
        package var id: SnapshotID
        package var snapshot: Snapshot
        package var reasons: [String] = []

        package init(id: SnapshotID, snapshot: Snapshot, reasons: [String] = []) {
            self.id = id
            self.snapshot = snapshot
            self.reasons = reasons
        }
    }

    /// The table of `snapshots` and `forget`, in the order given, with restic's columns.
    ///
    /// - Parameter zone: The time zone in words, for the footer.
    package static func table(_ rows: [Row], isCompact: Bool, zone: String = "local time") -> [String] {
        let hasReasons = rows.contains { !$0.reasons.isEmpty } && !isCompact
        let hasSizes = rows.contains { $0.snapshot.summary != nil }
        var columns: [TextTable.Column] = [
            .init("ID"), .init("Time"), .init(isCompact ? "Host" : "Host      "),
            .init(isCompact ? "Tags  " : "Tags      "),
        ]
        if hasReasons { columns.append(.init("Reasons")) }
        if !isCompact { columns.append(.init("Paths")) }
        if hasSizes { columns.append(.init("Size")) }
        var table = TextTable(columns)
        for row in rows {
            let tags = row.snapshot.tags.map { PrintableText.name($0) }
            var cells = [
                [row.id.shortHex], [TimeText.local(row.snapshot.time)], [PrintableText.name(row.snapshot.hostname)],
                isCompact ? tags : [tags.joined(separator: ",")],
            ]
            if hasReasons { cells.append(row.reasons) }
            if !isCompact { cells.append(row.snapshot.paths.map { PrintableText.name($0) }) }
            if hasSizes {
                cells.append([row.snapshot.summary.map { ByteCountText.format($0.totalBytesProcessed) } ?? ""])
            }
            table.append(cells)
        }
        table.append(footer: "Timestamps shown in \(zone)")
        table.append(footer: "\(rows.count) snapshots")
        return table.lines()
    }

    /// The sentence that introduces a snapshot: `snapshot 1a2b3c4d of [/data] at … by root@host`.
    package static func introduction(_ id: SnapshotID, _ snapshot: Snapshot) -> String {
        let paths = snapshot.paths.map { PrintableText.name($0) }.joined(separator: " ")
        let owner = PrintableText.name(snapshot.username) + "@" + PrintableText.name(snapshot.hostname)
        return "snapshot \(id.shortHex) of [\(paths)] at \(TimeText.full(snapshot.time)) by \(owner)"
    }

    /// The snapshot's own members followed by `id`, `short_id` and what else the caller adds.
    package static func json(
        _ id: SnapshotID,
        _ snapshot: Snapshot,
        into json: inout JSONText,
        adding members: (inout JSONText) -> Void = { _ in }
    ) {
        var shown = snapshot
        shown.volumeRoot = nil
        shown.volumeDigest = nil
        shown.extra = []
        var tail = JSONText()
        tail.object { tail in
            tail.member("id", id.hex)
            tail.member("short_id", id.shortHex)
            members(&tail)
        }
        json.raw(shown.encode().dropLast() + [UInt8(ascii: ",")] + tail.bytes.dropFirst())
    }
}
