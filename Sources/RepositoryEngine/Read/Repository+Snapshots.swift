// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
package import ResticFormat
import Synchronization

/// A snapshot with the id of its file.
package struct StoredSnapshot: Sendable {
    package var id: SnapshotID
    package var snapshot: Snapshot

    package init(id: SnapshotID, snapshot: Snapshot) {
        self.id = id
        self.snapshot = snapshot
    }
}

/// Which snapshots are meant; an empty filter means all.
package struct SnapshotFilter: Sendable {
    /// Any of these hosts.
    package var hosts: [String] = []
    /// Any of these lists; a snapshot must have every tag of the list, an empty list means snapshots without tags.
    package var tagLists: [[String]] = []
    /// All of these paths.
    package var paths: [String] = []

    package init(hosts: [String] = [], tagLists: [[String]] = [], paths: [String] = []) {
        self.hosts = hosts
        self.tagLists = tagLists
        self.paths = paths
    }

    package var isEmpty: Bool { hosts.isEmpty && tagLists.isEmpty && paths.isEmpty }

    package func matches(_ snapshot: Snapshot) -> Bool {
        guard hosts.isEmpty || hosts.contains(snapshot.hostname) else { return false }
        guard paths.allSatisfy(snapshot.paths.contains) else { return false }
        return tagLists.isEmpty
            || tagLists.contains { list in
                list.isEmpty || list == [""] ? snapshot.tags.isEmpty : list.allSatisfy(snapshot.tags.contains)
            }
    }
}

extension Repository {
    /// The ids of all snapshots.
    package func listSnapshots() async throws -> [SnapshotID] {
        var ids: [SnapshotID] = []
        try await storage.list(prefix: RepositoryLayout.Folder.snapshots.prefix) { page in
            for object in page {
                if let id: SnapshotID = RepositoryLayout.id(ofKey: object.key) { ids.append(id) }
            }
        }
        return ids.sorted()
    }

    /// Reads one snapshot.
    package func loadSnapshot(_ id: SnapshotID) async throws -> Snapshot {
        let key = RepositoryLayout.key(id)
        if let sealed = await cache?.snapshotFile(id),
            let text = try? files.open(sealed, key: key, limit: RepositoryFiles.maximumSnapshotByteCount),
            let snapshot = try? Snapshot(decoding: text)
        {
            return snapshot
        }
        let sealed: [UInt8]
        do {
            sealed = try await files.sealedBytes(key, digest: id.digest)
        } catch let error as StorageError where error.code == .notFound {
            throw RepositoryError(.noSnapshot, "There is no snapshot \(id) in \(storage.location).", cause: error)
        }
        let text = try files.open(sealed, key: key, limit: RepositoryFiles.maximumSnapshotByteCount)
        do {
            let snapshot = try Snapshot(decoding: text)
            await cache?.storeSnapshotFile(sealed, id: id)
            return snapshot
        } catch {
            throw RepositoryError(.corrupt, "Snapshot \(id) in \(storage.location) cannot be decoded.", cause: error)
        }
    }

    /// Reads snapshots in parallel, oldest first; ones that vanish meanwhile are left out.
    ///
    /// - Parameters:
    ///   - ids: Which ones; all if nil.
    ///   - onFailure: Told of each snapshot that cannot be read; without it the first such error is thrown.
    package func loadSnapshots(
        _ ids: [SnapshotID]? = nil,
        onFailure: (@Sendable (SnapshotID, any Error) -> Void)? = nil
    ) async throws -> [StoredSnapshot] {
        var list = ids ?? []
        if ids == nil {
            list = try await listSnapshots()
            await cache?.retainSnapshots(Set(list))
        }
        let loaded = Mutex<[StoredSnapshot]>([])
        try await forEachBounded(list, limit: readConcurrency) { id in
            do {
                let snapshot = try await self.loadSnapshot(id)
                loaded.withLock { $0.append(StoredSnapshot(id: id, snapshot: snapshot)) }
            } catch let error as RepositoryError where error.code == .noSnapshot && ids == nil {
                return
            } catch {
                guard let onFailure, !(error is CancellationError) else { throw error }
                onFailure(id, error)
            }
        }
        return loaded.withLock { $0 }.sorted {
            $0.snapshot.time == $1.snapshot.time ? $0.id < $1.id : $0.snapshot.time < $1.snapshot.time
        }
    }

    /// Stores a snapshot: the commit point of a backup, after everything it refers to.
    package func saveSnapshot(_ snapshot: Snapshot) async throws -> SnapshotID {
        try await files.save(snapshot.encode(), key: RepositoryLayout.key)
    }

    /// Removes a snapshot file; what it referred to stays until `prune`.
    package func removeSnapshot(_ id: SnapshotID) async throws {
        try await storage.delete(RepositoryLayout.key(id))
    }

    /// Finds a snapshot by full or abbreviated id, or the newest one that passes `filter` for `latest`.
    ///
    /// - Throws: ``RepositoryError`` with `.noSnapshot` or `.ambiguous`.
    package func resolveSnapshot(
        _ name: String,
        filter: SnapshotFilter = SnapshotFilter()
    ) async throws -> StoredSnapshot {
        if name == "latest" {
            let newest = try await loadSnapshots().last { filter.matches($0.snapshot) }
            guard let newest else {
                throw RepositoryError(
                    .noSnapshot,
                    filter.isEmpty
                        ? "The repository at \(storage.location) has no snapshot yet."
                        : "No snapshot of the repository at \(storage.location) matches the host, tag and path given."
                )
            }
            return newest
        }
        if let id = SnapshotID(hex: name) {
            return StoredSnapshot(id: id, snapshot: try await loadSnapshot(id))
        }
        let matches = try await listSnapshots().filter { $0.hex.hasPrefix(name) }
        guard let id = matches.first, !name.isEmpty else {
            throw RepositoryError(.noSnapshot, "No snapshot id begins with “\(name)”; `snapshots` lists all.")
        }
        guard matches.count == 1 else {
            throw RepositoryError(.ambiguous, "\(matches.count) snapshot ids begin with “\(name)”; give more digits.")
        }
        return StoredSnapshot(id: id, snapshot: try await loadSnapshot(id))
    }

    /// Requests worth having in flight for reading many small files.
    var readConcurrency: Int { max(2, storage.recommendedConcurrency) * 2 }
}
