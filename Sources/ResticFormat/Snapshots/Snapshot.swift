// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// What a snapshot file says: when, where and what was backed up, and its root tree.
package struct Snapshot: Equatable, Sendable {
    package var time: Timestamp
    /// The snapshot whose trees were used to detect changes.
    package var parent: SnapshotID?
    package var tree: BlobID
    /// Absolute targets in the order they were given.
    package var paths: [String]
    package var hostname: String = ""
    package var username: String = ""
    package var userID: UInt32 = 0
    package var groupID: UInt32 = 0
    package var excludes: [String] = []
    package var tags: [String] = []
    /// The snapshot this one was made from by a command that rewrites snapshots.
    package var original: SnapshotID?
    package var programVersion: String = ""
    package var summary: SnapshotSummary?
    /// The directory a volume snapshot was taken of, which no tree describes when its entries form the root tree.
    ///
    /// Written as the member `volume_root`, a node named `.`. restic ignores it and drops it when it rewrites the snapshot.
    package var volumeRoot: Node?
    /// BLAKE2b-256 digest of the content, equal for equal volumes.
    ///
    /// Written as the member `volume_digest`, 64 hexadecimal digits. restic ignores it and drops it when it rewrites the snapshot.
    package var volumeDigest: Digest256?
    /// Members with no meaning here, written back after the known ones.
    package var extra: [JSONExtraMember] = []

    package init(time: Timestamp, tree: BlobID, paths: [String]) {
        self.time = time
        self.tree = tree
        self.paths = paths
    }

    /// Whether any tag in `tags` is new; adds those that are.
    package mutating func addTags(_ tags: [String]) -> Bool {
        var changed = false
        for tag in tags where !self.tags.contains(tag) {
            self.tags.append(tag)
            changed = true
        }
        return changed
    }

    /// Whether any tag in `tags` was present; removes them.
    package mutating func removeTags(_ tags: [String]) -> Bool {
        let count = self.tags.count
        self.tags.removeAll { tags.contains($0) }
        return self.tags.count != count
    }
}
