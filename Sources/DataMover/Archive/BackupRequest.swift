// SPDX-License-Identifier: Apache-2.0

package import ResticFormat
package import VolumeIO

/// One backup: what to archive and what the snapshot says about it.
package struct BackupRequest: Sendable {
    /// Where the content comes from.
    package enum Source: Sendable {
        /// Files and directories, relative ones from the working directory (absolute).
        case paths([[UInt8]], workingDirectory: [UInt8])
        /// The entries of an opened directory become the root tree; `path`, absolute, is only told.
        ///
        /// For directories that were reached without following links: nothing on the way to them is looked at again.
        case directory(SharedDirectory, path: [UInt8])
        /// One file of this name; `read` returns up to so many bytes, nil at the end.
        case stream(path: [UInt8], read: @Sendable (_ limit: Int) async throws -> [UInt8]?)
    }

    /// Which snapshot changes are detected against.
    package enum Parent: Sendable {
        /// The newest one that agrees in these respects and is not newer than this backup.
        case automatic(GroupingCriteria)
        case snapshot(SnapshotID)
        /// Read everything (`--force`).
        case none
    }

    package var source: Source
    package var parent = Parent.automatic(.standard)
    package var time: Timestamp
    package var hostname: String
    package var username: String = ""
    package var userID: UInt32 = 0
    package var groupID: UInt32 = 0
    package var tags: [String] = []
    /// Exclude patterns as given, for the record.
    package var excludes: [String] = []
    package var programVersion: String = ""
    /// Saves no snapshot when the tree is that of the parent (`--skip-if-unchanged`).
    package var skipsIfUnchanged = false
    /// Stores nothing (`--dry-run`).
    package var isDryRun = false
    /// Adds the tag `volume-digest=<hex>` besides the snapshot's own member.
    package var tagsDigest = false
    /// Counts files beforehand, for percentages.
    package var scans = true

    package init(source: Source, time: Timestamp, hostname: String) {
        self.source = source
        self.time = time
        self.hostname = hostname
    }
}

/// How a backup ended.
package struct BackupOutcome: Sendable {
    /// The saved snapshot; nil for a dry run, an empty source, or an unchanged tree that was to be skipped.
    package var snapshotID: SnapshotID?
    /// What a dry run calls the snapshot it did not save, as restic does; stands for nothing.
    package var rehearsedID: SnapshotID?
    package var snapshot: Snapshot
    package var parentID: SnapshotID?
    package var digest: VolumeDigest?
    /// There was nothing to store, and no snapshot was made.
    package var isEmpty: Bool
    /// Counters at the end; errors mean exit code 3.
    package var counts: ArchiveProgress.Counts
}
