// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

/// Where copying snapshots is, for whoever shows progress.
package enum CopyStep: Sendable {
    /// The destination has this snapshot already, under another id or the same.
    case skipped(StoredSnapshot, alreadyThere: SnapshotID)
    /// The search for what this snapshot needs begins.
    case walking(StoredSnapshot)
    case walkedTree
    /// From now on packs of the source are copied, so many, with so many bytes of needed blobs.
    case copying(packCount: Int, byteCount: Int)
    /// The needed blobs of one more pack are copied; their size.
    case copied(byteCount: Int)
    /// A snapshot was recorded in the destination.
    case saved(SnapshotID, source: StoredSnapshot)
}

/// What a run of copying came to.
package struct CopyTotals: Hashable, Sendable {
    package var savedSnapshotCount = 0
    package var skippedSnapshotCount = 0
    /// Trees read; one that many snapshots share counts once.
    package var treeCount = 0
    package var newBlobCount = 0
    package var newByteCount = 0

    package init() {}
}

extension Repository {
    /// Copies snapshots, with every blob the destination lacks, into another repository.
    ///
    /// Chunks are copied as they are cut; repositories with different polynomials share no chunks with backups made there. Both
    /// indexes must be loaded. A tree that several snapshots share is walked once. Snapshots are copied in batches of about a hundred
    /// packs, so that many small ones share packs and index files; a batch's snapshots are recorded when all its data is stored.
    ///
    /// Memory: two bits for each blob of the source's index, and the ids of the packs of one batch.
    ///
    /// - Parameters:
    ///   - sources: This repository's snapshots, in the order to copy them.
    ///   - existing: The destination's snapshots.
    ///   - held: A lock on the destination.
    /// - Throws: ``RepositoryError`` when something a snapshot needs is missing or damaged: neither that snapshot nor those of its batch
    ///   are recorded then.
    package func copy(
        _ sources: [StoredSnapshot],
        to destination: Repository,
        existing: [StoredSnapshot],
        holding held: LockGuard,
        onStep: @escaping @Sendable (CopyStep) -> Void = { _ in }
    ) async throws -> CopyTotals {
        let origins = Dictionary(grouping: existing) { $0.snapshot.original ?? $0.id }
        var totals = CopyTotals()
        return try await destination.withBlobWriter { writer in
            var batch = CopyBatch(from: self, to: destination)
            for source in sources {
                let origin = source.snapshot.original ?? source.id
                if let twin = origins[origin]?.first(where: { Self.isCopy($0, of: source) }) {
                    onStep(.skipped(source, alreadyThere: twin.id))
                    totals.skippedSnapshotCount += 1
                    continue
                }
                onStep(.walking(source))
                totals.treeCount += try await batch.add(source) { onStep(.walkedTree) }
                guard batch.byteCount >= Self.copyBatchPackCount * destination.options.packTargetByteCount else {
                    continue
                }
                totals.savedSnapshotCount += try await batch.store(through: writer, holding: held, onStep)
            }
            totals.savedSnapshotCount += try await batch.store(through: writer, holding: held, onStep)
            totals.newBlobCount = writer.totals.dataBlobCount + writer.totals.treeBlobCount
            totals.newByteCount = writer.totals.addedByteCount
            return totals
        }
    }

    private static var copyBatchPackCount: Int { 100 }

    /// Whether `candidate` came from `source`, or both from the same snapshot.
    static func isCopy(_ candidate: StoredSnapshot, of source: StoredSnapshot) -> Bool {
        let origin = source.snapshot.original ?? source.id
        guard candidate.id == origin || candidate.snapshot.original == origin else { return false }
        let (left, right) = (candidate.snapshot, source.snapshot)
        return left.time == right.time && left.tree == right.tree && left.hostname == right.hostname
            && left.username == right.username && left.userID == right.userID && left.groupID == right.groupID
            && left.paths == right.paths && left.tags == right.tags && left.excludes == right.excludes
    }
}
