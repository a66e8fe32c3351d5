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

    /// An id such as ``saveSnapshot(_:)`` would give, without storing anything; another each time.
    package func rehearseSnapshot(_ snapshot: Snapshot) throws -> SnapshotID {
        try files.rehearsedID(snapshot.encode())
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
            guard let newest = filter.newest(of: try await loadSnapshots(), snapshot: \.snapshot) else {
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
        switch SnapshotID.find(prefix: name, among: try await listSnapshots()) {
        case .one(let id): return StoredSnapshot(id: id, snapshot: try await loadSnapshot(id))
        case .none: throw RepositoryError(.noSnapshot, "No snapshot id begins with “\(name)”; `snapshots` lists all.")
        case .several(let count):
            throw RepositoryError(.ambiguous, "\(count) snapshot ids begin with “\(name)”; give more digits.")
        }
    }

    /// Requests worth having in flight for reading many small files.
    var readConcurrency: Int { max(2, storage.recommendedConcurrency) * 2 }
}
