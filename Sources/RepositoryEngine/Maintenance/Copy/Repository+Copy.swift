// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat
import Synchronization

/// What became of one snapshot to be copied.
package enum CopyOutcome: Sendable {
    /// The destination has it already, under this id.
    case alreadyThere(SnapshotID)
    case copied(SnapshotID, newBlobCount: Int, newByteCount: Int)
}

extension Repository {
    /// Copies a snapshot, with every blob the destination lacks, into another repository.
    ///
    /// Chunks are copied as they are cut; repositories with different polynomials share no chunks with backups made there. Both
    /// indexes must be loaded.
    ///
    /// - Parameters:
    ///   - existing: The destination's snapshots.
    ///   - held: A lock on the destination.
    /// - Throws: ``RepositoryError`` when something the snapshot needs is missing or damaged: nothing is recorded then.
    package func copy(
        _ source: StoredSnapshot,
        to destination: Repository,
        existing: [StoredSnapshot],
        holding held: LockGuard
    ) async throws -> CopyOutcome {
        if let twin = existing.first(where: { Self.isCopy($0, of: source) }) { return .alreadyThere(twin.id) }
        let needed = try await blobsMissing(in: destination, for: source.snapshot.tree)
        let byPack = Dictionary(grouping: needed, by: \.pack).sorted { $0.key < $1.key }
        let totals = try await destination.withBlobWriter { writer in
            try await forEachBounded(byPack, limit: max(2, storage.recommendedConcurrency)) { pack, blobs in
                try await self.copyBlobs(blobs.map(\.blob), of: pack, to: writer)
            }
            try await writer.flush()
            return writer.totals
        }
        var snapshot = source.snapshot
        snapshot.parent = nil
        snapshot.original = source.snapshot.original ?? source.id
        try held.confirm()
        let id = try await destination.saveSnapshot(snapshot)
        return .copied(
            id,
            newBlobCount: totals.dataBlobCount + totals.treeBlobCount,
            newByteCount: totals.addedByteCount
        )
    }

    /// Whether `candidate` came from `source`, or both from the same snapshot.
    static func isCopy(_ candidate: StoredSnapshot, of source: StoredSnapshot) -> Bool {
        let origin = source.snapshot.original ?? source.id
        guard candidate.id == origin || candidate.snapshot.original == origin else { return false }
        let (left, right) = (candidate.snapshot, source.snapshot)
        return left.time == right.time && left.tree == right.tree && left.hostname == right.hostname
            && left.username == right.username && left.userID == right.userID && left.groupID == right.groupID
            && left.paths == right.paths && left.tags == right.tags && left.excludes == right.excludes
    }

    /// Every blob beneath a tree that the destination does not have.
    private func blobsMissing(in destination: Repository, for tree: BlobID) async throws -> [PackedBlob] {
        let needed = Mutex<[PackedBlob]>([])
        let marks = Mutex(BlobMarks(for: index))
        let index = index
        @Sendable func need(_ kind: BlobKind, _ id: BlobID) throws {
            guard !destination.index.contains(kind, id) else { return }
            guard let blob = index.location(of: kind, id), let first = index.ordinal(of: kind, id) else {
                throw RepositoryError(
                    .missingBlob,
                    "\(kind.name) blob \(id) of the snapshot is in no index of the source; run `repair index` there."
                )
            }
            guard marks.withLock({ $0.insert(first, kind) }) else { return }
            needed.withLock { $0.append(blob) }
        }
        try need(.tree, tree)
        try await TreeTraversal(self).run(
            from: [tree],
            visit: { id, text in
                var subtrees: [BlobID] = []
                do {
                    var decoder = try TreeDecoder(text)
                    while let node = try decoder.next() {
                        for blob in node.content ?? [] { try need(.data, blob) }
                        guard let subtree = node.subtree else { continue }
                        try need(.tree, subtree)
                        subtrees.append(subtree)
                    }
                } catch let error as FormatError {
                    throw RepositoryError(.corrupt, "Tree \(id) cannot be decoded; run `check`.", cause: error)
                }
                return subtrees
            },
            fail: { _, error in throw error }
        )
        return needed.withLock { $0 }
    }
}
