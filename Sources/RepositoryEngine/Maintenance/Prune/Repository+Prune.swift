// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat
import Synchronization

/// Where a prune is, for whoever shows progress.
package enum PruneStep: Sendable {
    /// The search for what is needed has read one more tree.
    case walkedTree
    /// From now on packs are repacked, so many and of so many bytes.
    case repacking(packCount: Int, byteCount: Int)
    /// One more pack is repacked; its size.
    case repacked(byteCount: Int)
    case rewritingIndex
    /// From now on so many files are deleted.
    case deleting(Int)
    /// One more file is deleted, or could not be.
    case deleted
    /// A file that could not be deleted; it is harmless and the next prune deletes it.
    case deletionFailed(String, any Error)
}

extension Repository {
    /// Finds out what a prune would do; changes nothing.
    ///
    /// The index must be loaded. `ignoring` are snapshots about to be removed, or removed just now.
    ///
    /// - Throws: ``RepositoryError`` when a snapshot or tree is damaged or a needed blob is missing: then it is not known what is
    ///   needed, and nothing may be removed.
    package func planPrune(
        _ options: PruneOptions,
        ignoring: Set<SnapshotID> = [],
        onStep: @escaping @Sendable (PruneStep) -> Void = { _ in }
    ) async throws -> (plan: PrunePlan, work: PruneWork) {
        // By name: one that is listed and cannot be read must stop the prune, even if the store says it is gone.
        let listed = try await listSnapshots().filter { !ignoring.contains($0) }
        let snapshots = try await loadSnapshots(listed)
        let used = try await usedBlobs(of: snapshots.map(\.snapshot.tree)) { onStep(.walkedTree) }
        if let first = used.missing.first {
            throw RepositoryError(
                .missingBlob,
                "\(used.missingCount) blobs that snapshots need are in no index, the first is \(first.kind.name) blob "
                    + "\(first.id). Data seems to be missing, so nothing was removed. Run `check`, then `repair index`."
            )
        }
        let summary = PackUsageSummary(index: index, used: used.marks)
        let plan = try PrunePlan.decide(
            summary,
            listed: try await listPacks(),
            isFormat2: config.version != .v1,
            packTargetByteCount: self.options.packTargetByteCount,
            options: options
        )
        return (plan, PruneWork(used: used.marks, keepers: summary.keepers))
    }

    /// Carries out a plan.
    ///
    /// Killed at any instant it leaves a sound repository, and the next prune goes on where it stopped. Order: files no index lists; new packs and their index; index files without the dropped packs; the old index files; last the
    /// dropped packs.
    ///
    /// - Parameter held: The exclusive lock.
    package func prune(
        _ plan: PrunePlan,
        _ work: PruneWork,
        holding held: LockGuard,
        onStep: @escaping @Sendable (PruneStep) -> Void = { _ in }
    ) async throws {
        precondition(held.kind == .exclusive, "pruning needs the exclusive lock")
        func delete(_ packs: [PackID]) async throws {
            guard !packs.isEmpty else { return }
            onStep(.deleting(packs.count))
            try await forEachBounded(packs, limit: readConcurrency) { pack in
                try held.confirm()
                do {
                    try await self.storage.delete(RepositoryLayout.key(pack))
                } catch let error as CancellationError {
                    throw error
                } catch {
                    onStep(.deletionFailed(RepositoryLayout.key(pack), error))
                }
                onStep(.deleted)
            }
        }
        try await delete(plan.removeFirst)
        if !plan.repack.isEmpty {
            let copied = try await repack(plan.repack, work, onStep: onStep)
            let planned = plan.totals.repackedBlobCount - plan.totals.droppedByRepackBlobCount
            guard copied == planned else {
                throw RepositoryError(
                    .corrupt,
                    "\(planned) blobs had to be copied but \(copied) were; no pack was removed. Run `check`, then `prune` again."
                )
            }
        }
        let dropped = Set(plan.remove).union(plan.repack).union(plan.ignore)
        if !dropped.isEmpty {
            onStep(.rewritingIndex)
            try held.confirm()
            try await rewriteIndex(without: dropped, holding: held)
        }
        try await delete(plan.remove + plan.repack)
    }

    /// Copies the needed blobs of `packs` to new packs.
    ///
    /// - Returns: How many blobs are stored in new packs.
    private func repack(
        _ packs: [PackID],
        _ work: PruneWork,
        onStep: @escaping @Sendable (PruneStep) -> Void
    ) async throws -> Int {
        let copied = Mutex(0)
        let index = index
        let byteCount = packs.reduce(0) { $0 + (index.pack($1)?.expectedByteCount ?? 0) }
        onStep(.repacking(packCount: packs.count, byteCount: byteCount))
        try await withBlobWriter { writer in
            try await forEachBounded(packs, limit: max(2, storage.recommendedConcurrency)) { id in
                guard let pack = index.pack(id) else { return }
                let wanted = pack.blobs.filter { blob in
                    guard let first = index.ordinal(of: blob.kind, blob.id), work.used.contains(first, blob.kind)
                    else { return false }
                    return work.keepers[blob.kind][first].map { $0 == id } ?? true
                }
                try await self.copyBlobs(wanted, of: id, to: writer, storesKnown: true)
                copied.withLock { $0 += wanted.count }
                onStep(.repacked(byteCount: pack.expectedByteCount))
            }
        }
        return copied.withLock { $0 }
    }
}

/// What carrying out a plan needs besides the plan.
package struct PruneWork: Sendable {
    var used: BlobMarks
    /// Of needed blobs with several copies, the pack that keeps it.
    var keepers: PerKind<[UInt32: PackID]>
}
