// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization

extension OpenedCache {
    /// Blobs after which decoded index files are written as a group.
    private static let groupBlobCount = 100_000
    /// Groups with fewer blobs than half of that are written together once there are this many.
    private static let smallGroupLimit = 16

    /// Adds the cached index files among `wanted` to `index`, not yet published; returns which.
    ///
    /// Groups that hold nothing of the repository any more are removed.
    func loadIndex(_ wanted: Set<IndexID>, listed: Set<IndexID>, into index: MasterIndex) async throws -> Set<IndexID> {
        let progress = Mutex((remaining: wanted, loaded: Set<IndexID>()))
        // Large groups first, so that the last ones to be read are short.
        let groups = await list(.index).sorted { $0.byteCount > $1.byteCount }
        try await forEachBounded(groups, limit: 4) { group in
            guard let sealed = await self.read(group.key), let plaintext = self.open(sealed),
                let batches = try? IndexGroup.decode(plaintext)
            else {
                await self.remove(group.key)
                return
            }
            var blobCount = 0
            var isCurrent = false
            for batch in batches {
                guard let file = batch.indexFile, listed.contains(file) else { continue }
                isCurrent = true
                let isWanted = progress.withLock { $0.remaining.remove(file) != nil }
                guard isWanted else { continue }
                try index.stage(batch)
                progress.withLock { _ = $0.loaded.insert(file) }
                blobCount += batch.blobCount
            }
            if !isCurrent {
                await self.remove(group.key)
            } else if blobCount < Self.groupBlobCount / 2 {
                self.noteSmallGroup(group.key)
            }
        }
        try await mergeSmallGroups(listed: listed)
        return progress.withLock { $0.loaded }
    }

    private func noteSmallGroup(_ key: String) {
        state.withLock { $0.smallGroups.append(key) }
    }

    /// Writes many small groups as one.
    private func mergeSmallGroups(listed: Set<IndexID>) async throws {
        let keys = state.withLock { state in
            defer { state.smallGroups = [] }
            return state.smallGroups
        }
        guard keys.count >= Self.smallGroupLimit else { return }
        var merged: [IndexID: IndexBatch] = [:]
        for key in keys {
            guard let sealed = await read(key), let plaintext = open(sealed),
                let batches = try? IndexGroup.decode(plaintext)
            else { continue }
            for batch in batches {
                if let file = batch.indexFile, listed.contains(file) { merged[file] = batch }
            }
        }
        guard await writeGroup(Array(merged.values)) else { return }
        for key in keys { await remove(key) }
    }

    /// Keeps a decoded index file, together with others a little later.
    func store(_ batch: IndexBatch) async {
        let group: [IndexBatch] = state.withLock { state in
            guard state.isWritable else { return [] }
            state.batches.append(batch)
            state.batchedBlobCount += batch.blobCount
            guard state.batchedBlobCount >= Self.groupBlobCount else { return [] }
            return Self.takeBatches(&state)
        }
        _ = await writeGroup(group)
    }

    /// Writes what ``store(_:)`` was given and has not written yet.
    func flushIndex() async {
        _ = await writeGroup(state.withLock { Self.takeBatches(&$0) })
    }

    private static func takeBatches(_ state: inout State) -> [IndexBatch] {
        defer {
            state.batches = []
            state.batchedBlobCount = 0
        }
        return state.batches
    }

    private func writeGroup(_ batches: [IndexBatch]) async -> Bool {
        guard !batches.isEmpty else { return false }
        // Named by its members, so that two processes that decode the same files write the same name.
        let hasher = SHA256Hasher()
        for file in batches.compactMap(\.indexFile).sorted() { hasher.update(file.digest.bytes.span) }
        guard let sealed = try? seal(IndexGroup.encode(batches)) else { return false }
        await write(sealed, to: key(.index, hasher.finalize().hex))
        return state.withLock { $0.isWritable }
    }
}
