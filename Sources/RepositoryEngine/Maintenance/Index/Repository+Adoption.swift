// SPDX-License-Identifier: Apache-2.0

package import ResticFormat
import Synchronization

/// What adopting unlisted packs found and did.
package struct PackAdoption: Sendable {
    /// Packs that are listed now.
    package var adoptedPacks: [PackID] = []
    package var blobCount = 0
    /// Sealed bytes of their blobs.
    package var byteCount = 0
    /// Packs left for `prune`: a blob of theirs is listed elsewhere, so they are no rest of an interrupted backup alone.
    package var redundantPacks: [PackID] = []
    /// Pack files whose headers cannot be read; they are left alone.
    package var unreadablePacks: [(pack: PackID, error: any Error)] = []

    package init() {}
}

extension Repository {
    /// Saves index files for stored packs that none lists, so that a backup that goes on after a kill sends nothing again.
    ///
    /// Loads the index itself. Packs are believed as `repair index` believes them: by the authenticated list at their end, which must
    /// account for every byte of the file. A pack of a backup that runs right now may be among them and is then listed twice, which
    /// every reader accepts. Nothing is removed; reads one listing of all packs, and the ends of those unlisted.
    ///
    /// - Parameters:
    ///   - held: A lock, shared or exclusive: it keeps away every prune, which would remove these packs meanwhile.
    ///   - onStep: Told how many headers are read, of all that are, from any thread.
    /// - Throws: Storage errors, ``RepositoryError`` with `.lockLost`, `CancellationError`; what is saved by then stays.
    package func adoptUnlistedPacks(
        holding held: LockGuard,
        onStep: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> PackAdoption {
        try await loadIndex()
        var unlisted = try await listUnlistedPacks()
        guard !unlisted.isEmpty else { return PackAdoption() }
        // Whoever was storing them may have listed them since.
        try await loadIndex()
        unlisted = unlisted.filter { !index.containsPack($0.key) }
        let adoption = Mutex(PackAdoption())
        let accumulator = Mutex(IndexAccumulator())
        try await scanPackHeaders(unlisted, onStep: onStep) { id, reading in
            switch reading {
            case .failure(let error): adoption.withLock { $0.unreadablePacks.append((id, error)) }
            case .success(let blobs) where blobs.contains(where: { self.index.contains($0.kind, $0.id) }):
                adoption.withLock { $0.redundantPacks.append(id) }
            case .success(let blobs):
                adoption.withLock { $0.add(id, blobs) }
                guard let batch = accumulator.withLock({ $0.add(pack: id, blobs: blobs, at: .zero) }) else { return }
                try await self.saveAdopted(batch, holding: held)
            }
        }
        if let batch = accumulator.withLock({ $0.take() }) { try await saveAdopted(batch, holding: held) }
        await cache?.flushIndex()
        return adoption.withLock { $0.sorted() }
    }

    private func saveAdopted(_ batch: IndexBatch, holding held: LockGuard) async throws {
        var batch = batch
        try held.confirm()
        batch.indexFile = try await files.saveIndex(batch)
        try index.add(batch)
        await cache?.store(batch)
    }
}

extension PackAdoption {
    fileprivate mutating func add(_ pack: PackID, _ blobs: [PackEntry]) {
        adoptedPacks.append(pack)
        blobCount += blobs.count
        byteCount += blobs.reduce(0) { $0 + Int($1.storedLength) }
    }

    /// The same with packs in ascending order.
    fileprivate func sorted() -> PackAdoption {
        var sorted = self
        sorted.adoptedPacks.sort()
        sorted.redundantPacks.sort()
        sorted.unreadablePacks.sort { $0.pack < $1.pack }
        return sorted
    }
}
