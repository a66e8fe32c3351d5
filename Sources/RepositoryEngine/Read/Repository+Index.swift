// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat
import Synchronization

/// How far loading the index is.
package struct IndexLoadProgress: Sendable {
    /// Index files of the repository.
    package var fileCount: Int
    /// Index files whose entries came from the cache.
    package var cachedFileCount: Int
    /// Index files fetched and decoded so far.
    package var loadedFileCount: Int
}

extension Repository {
    /// The ids of all index files.
    package func listIndexFiles() async throws -> [IndexID] {
        var ids: [IndexID] = []
        try await storage.list(prefix: RepositoryLayout.Folder.index.prefix) { page in
            for object in page {
                if let id: IndexID = RepositoryLayout.id(ofKey: object.key) { ids.append(id) }
            }
        }
        return ids.sorted()
    }

    /// Loads every index file not loaded yet and forgets those that are gone, from the cache where possible.
    ///
    /// List the snapshots before calling this: then everything they refer to is found. Calls at the same time share one listing,
    /// begun after the last of them was made.
    ///
    /// - Parameter onFailure: Told of each index file that cannot be read; without it the first such error is thrown.
    package func loadIndex(
        progress: (@Sendable (IndexLoadProgress) -> Void)? = nil,
        onFailure: (@Sendable (IndexID, any Error) -> Void)? = nil
    ) async throws {
        // One that puts up with damage says nothing about whether all is there.
        try await indexLoads.join(isShared: onFailure == nil) {
            try await self.loadWholeIndex(progress: progress, onFailure: onFailure)
        }
    }

    private func loadWholeIndex(
        progress: (@Sendable (IndexLoadProgress) -> Void)?,
        onFailure: (@Sendable (IndexID, any Error) -> Void)?
    ) async throws {
        // Index files that vanish between listing and reading were replaced by a prune: list once more.
        for attempt in 1... {
            guard let vanished = try await loadListedIndex(progress: progress, onFailure: onFailure) else { return }
            guard attempt >= 3 else { continue }
            // To go on would make everything the file lists look missing, and repairs cut it out.
            let error = RepositoryError(
                .corrupt,
                "Index file \(vanished) in \(storage.location) is listed but cannot be read; try again later, or run `repair index`."
            )
            guard let onFailure else { throw error }
            return onFailure(vanished, error)
        }
    }

    /// Loads what is listed now; a listed file that had vanished, if any had.
    private func loadListedIndex(
        progress: (@Sendable (IndexLoadProgress) -> Void)?,
        onFailure: (@Sendable (IndexID, any Error) -> Void)?
    ) async throws -> IndexID? {
        let vanished = Mutex<IndexID?>(nil)
        // What another backup of this process saves while the listing is under way may not be listed, and is no less there.
        let knownBefore = Set(index.indexFiles)
        let listed = Set(try await listIndexFiles())
        index.removeIndexFiles(knownBefore.subtracting(listed))
        let known = Set(index.indexFiles)
        var missing = listed.subtracting(known)
        if let cache, !missing.isEmpty {
            missing.subtract(try await cache.loadIndex(missing, listed: listed, into: index))
        }
        let state = Mutex(
            IndexLoadProgress(
                fileCount: listed.count,
                cachedFileCount: listed.count - known.intersection(listed).count - missing.count,
                loadedFileCount: 0
            )
        )
        progress?(state.withLock { $0 })
        try await forEachBounded(missing.sorted(), limit: readConcurrency) { id in
            do {
                let batch = try await self.files.loadIndex(id)
                try self.index.stage(batch)
                await self.cache?.store(batch)
            } catch let error as StorageError where error.code == .notFound {
                vanished.withLock { $0 = id }
                return
            } catch {
                guard let onFailure, !(error is CancellationError) else { throw error }
                onFailure(id, error)
            }
            let now = state.withLock { state in
                state.loadedFileCount += 1
                return state
            }
            progress?(now)
        }
        index.publish()
        await cache?.flushIndex()
        if cache?.cache.keepsTreePacks == true { await cache?.trimPacks(index: index) }
        return vanished.withLock { $0 }
    }
}
