// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat
import Synchronization

/// What repairing the index found and did.
package struct IndexRepair: Sendable {
    /// Packs whose headers were read.
    package var scannedPacks: [PackID] = []
    /// Packs of the index that do not exist.
    package var droppedPacks: [PackID] = []
    /// Pack files whose headers cannot be read; they are left alone and not listed.
    package var unreadablePacks: [(pack: PackID, error: any Error)] = []
    /// Packs of the wrong size whose headers cannot be read; they stay listed, so that `repair packs` can save what is left of them.
    package var damagedPacks: [PackID] = []
    /// Index files that could not be read; they are removed.
    package var unreadableIndexFiles: [IndexID] = []
    package var packCount = 0
}

extension Repository {
    /// Makes the index list exactly the packs that exist, reading headers where index and store differ.
    ///
    /// Call it on a repository just opened; it loads the index itself.
    ///
    /// - Parameters:
    ///   - readsAllPacks: Believe no index file: read every header.
    ///   - held: The exclusive lock.
    ///   - onStep: Told how many headers are read, of all that are, from any thread.
    /// - Throws: What keeps a file from being read although it may be sound, such as a lost connection: then nothing is changed.
    package func repairIndex(
        readsAllPacks: Bool,
        holding held: LockGuard,
        onStep: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> IndexRepair {
        precondition(held.kind == .exclusive, "repairing the index needs the exclusive lock")
        let repair = Mutex(IndexRepair())
        let oldFiles = Set(try await listIndexFiles())
        if !readsAllPacks {
            let passing = Mutex<(any Error)?>(nil)
            try await loadIndex(onFailure: { file, error in
                if error.isPassing { passing.withLock { $0 = error } }
                repair.withLock { $0.unreadableIndexFiles.append(file) }
            })
            if let error = passing.withLock({ $0 }) { throw error }
        }
        let listed = try await listPacks()
        var sound: Set<PackID> = []
        index.forEachPack { pack in
            guard let byteCount = listed[pack.id] else {
                repair.withLock { $0.droppedPacks.append(pack.id) }
                return
            }
            if byteCount == pack.expectedByteCount { sound.insert(pack.id) }
        }
        let scanned = Mutex<[PackID: [PackEntry]]>([:])
        let suspects = listed.filter { !sound.contains($0.key) }
        try await scanPackHeaders(suspects, onStep: onStep) { id, reading in
            switch reading {
            case .success(let entries):
                scanned.withLock { $0[id] = entries }
                repair.withLock { $0.scannedPacks.append(id) }
            case .failure(let error):
                repair.withLock { repair in
                    if self.index.containsPack(id) {
                        repair.damagedPacks.append(id)
                    } else {
                        repair.unreadablePacks.append((id, error))
                    }
                }
            }
        }
        let fresh = scanned.withLock { $0 }
        sound.formUnion(repair.withLock { $0.damagedPacks })
        let isChanged =
            readsAllPacks || !fresh.isEmpty
            || repair.withLock { !$0.droppedPacks.isEmpty || !$0.unreadableIndexFiles.isEmpty }
            || !sound.isSuperset(of: listed.keys)
        if isChanged { try await replaceIndex(oldFiles, keeping: sound, adding: fresh, holding: held) }
        return repair.withLock { repair in
            repair.packCount = sound.count + fresh.count
            repair.scannedPacks.sort()
            repair.damagedPacks.sort()
            repair.droppedPacks.sort()
            return repair
        }
    }

    /// Stores a whole new index, then removes the old one.
    private func replaceIndex(
        _ oldFiles: Set<IndexID>,
        keeping sound: Set<PackID>,
        adding fresh: [PackID: [PackEntry]],
        holding held: LockGuard
    ) async throws {
        var batches: [IndexBatch] = []
        var current = IndexBatch()
        func append(_ pack: PackID, _ blobs: [PackEntry]) {
            current.append(pack: pack, blobs: blobs)
            guard current.blobCount >= IndexAccumulator.blobLimit else { return }
            batches.append(current)
            current = IndexBatch()
        }
        index.forEachPack { pack in
            if sound.contains(pack.id) { append(pack.id, pack.blobs) }
        }
        for (pack, blobs) in fresh.sorted(by: { $0.key < $1.key }) { append(pack, blobs) }
        if current.packCount > 0 { batches.append(current) }
        var newFiles: Set<IndexID> = []
        for batch in batches {
            try held.confirm()
            newFiles.insert(try await files.saveIndex(batch))
        }
        for old in oldFiles.subtracting(newFiles).sorted() {
            try held.confirm()
            try await storage.delete(RepositoryLayout.key(old))
        }
        try await loadIndex()
    }
}
