// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

extension Repository {
    /// Replaces the index files that list any of `dropped` by new ones that do not.
    ///
    /// New files are stored before old ones are removed, so that every other pack is listed at each instant.
    ///
    /// - Parameter held: The exclusive lock.
    package func rewriteIndex(without dropped: Set<PackID>, holding held: LockGuard) async throws {
        var affected: Set<IndexID> = []
        index.forEachPack { pack in
            if dropped.contains(pack.id) { affected.formUnion(pack.indexFiles) }
        }
        try await rewriteIndex(replacing: affected, holding: held) { dropped.contains($0) ? nil : $1 }
        index.removePacks(dropped)
    }

    /// Replaces index files by new ones with the packs `keep` returns, each pack in one file only.
    func rewriteIndex(
        replacing affected: Set<IndexID>,
        holding held: LockGuard,
        keep: (PackID, IndexedPack) throws -> IndexedPack?
    ) async throws {
        precondition(held.kind == .exclusive, "rewriting the index needs the exclusive lock")
        var batches: [IndexBatch] = []
        var current = IndexBatch()
        try index.forEachPack { pack in
            guard !affected.isDisjoint(with: pack.indexFiles) else { return }
            // Listed by a file that stays as well: nothing to do.
            if pack.indexFiles.contains(where: { !affected.contains($0) }) { return }
            guard let kept = try keep(pack.id, pack) else { return }
            current.append(pack: kept.id, blobs: kept.blobs)
            if current.blobCount >= IndexAccumulator.blobLimit {
                batches.append(current)
                current = IndexBatch()
            }
        }
        if current.packCount > 0 { batches.append(current) }
        for var batch in batches {
            try held.confirm()
            batch.indexFile = try await files.saveIndex(batch)
            try index.add(batch)
        }
        for old in affected.sorted() {
            try held.confirm()
            try await storage.delete(RepositoryLayout.key(old))
        }
        index.removeIndexFiles(affected)
    }
}
