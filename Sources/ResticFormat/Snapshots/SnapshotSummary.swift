// SPDX-License-Identifier: Apache-2.0

/// The counts a backup leaves in its snapshot.
package struct SnapshotSummary: Equatable, Sendable {
    package var backupStart: Timestamp
    package var backupEnd: Timestamp
    package var filesNew: UInt64 = 0
    package var filesChanged: UInt64 = 0
    package var filesUnmodified: UInt64 = 0
    package var directoriesNew: UInt64 = 0
    package var directoriesChanged: UInt64 = 0
    package var directoriesUnmodified: UInt64 = 0
    package var dataBlobs: UInt64 = 0
    package var treeBlobs: UInt64 = 0
    /// Bytes of new blobs before compression.
    package var dataAdded: UInt64 = 0
    /// Bytes of new blobs as stored.
    package var dataAddedPacked: UInt64 = 0
    package var totalFilesProcessed: UInt64 = 0
    package var totalBytesProcessed: UInt64 = 0
    /// Members with no meaning here, written back after the known ones.
    package var extra: [JSONExtraMember] = []

    package init(backupStart: Timestamp, backupEnd: Timestamp) {
        self.backupStart = backupStart
        self.backupEnd = backupEnd
    }
}

extension SnapshotSummary {
    /// Writes the summary, every member of restic's always present.
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("backup_start")
        writer.value(backupStart)
        writer.key("backup_end")
        writer.value(backupEnd)
        writer.member("files_new", filesNew)
        writer.member("files_changed", filesChanged)
        writer.member("files_unmodified", filesUnmodified)
        writer.member("dirs_new", directoriesNew)
        writer.member("dirs_changed", directoriesChanged)
        writer.member("dirs_unmodified", directoriesUnmodified)
        writer.member("data_blobs", dataBlobs)
        writer.member("tree_blobs", treeBlobs)
        writer.member("data_added", dataAdded)
        writer.member("data_added_packed", dataAddedPacked)
        writer.member("total_files_processed", totalFilesProcessed)
        writer.member("total_bytes_processed", totalBytesProcessed)
        writer.members(extra)
        writer.endObject()
    }

    /// Reads a summary; members that are missing read as zero.
    package init(from reader: inout JSONReader) throws(FormatError) {
        self.init(backupStart: .zero, backupEnd: .zero)
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: SummaryMember.table)
            if member != nil, try reader.readNull() { continue }
            switch member {
            case .backupStart: backupStart = try reader.readTimestamp()
            case .backupEnd: backupEnd = try reader.readTimestamp()
            case .filesNew: filesNew = try reader.readUInt64()
            case .filesChanged: filesChanged = try reader.readUInt64()
            case .filesUnmodified: filesUnmodified = try reader.readUInt64()
            case .directoriesNew: directoriesNew = try reader.readUInt64()
            case .directoriesChanged: directoriesChanged = try reader.readUInt64()
            case .directoriesUnmodified: directoriesUnmodified = try reader.readUInt64()
            case .dataBlobs: dataBlobs = try reader.readUInt64()
            case .treeBlobs: treeBlobs = try reader.readUInt64()
            case .dataAdded: dataAdded = try reader.readUInt64()
            case .dataAddedPacked: dataAddedPacked = try reader.readUInt64()
            case .totalFilesProcessed: totalFilesProcessed = try reader.readUInt64()
            case .totalBytesProcessed: totalBytesProcessed = try reader.readUInt64()
            case nil: extra.append(try reader.captureMember())
            }
        }
    }
}

private enum SummaryMember: String, CaseIterable {
    case backupStart = "backup_start"
    case backupEnd = "backup_end"
    case filesNew = "files_new"
    case filesChanged = "files_changed"
    case filesUnmodified = "files_unmodified"
    case directoriesNew = "dirs_new"
    case directoriesChanged = "dirs_changed"
    case directoriesUnmodified = "dirs_unmodified"
    case dataBlobs = "data_blobs"
    case treeBlobs = "tree_blobs"
    case dataAdded = "data_added"
    case dataAddedPacked = "data_added_packed"
    case totalFilesProcessed = "total_files_processed"
    case totalBytesProcessed = "total_bytes_processed"

    static let table = JSONMembers(SummaryMember.self)
}
