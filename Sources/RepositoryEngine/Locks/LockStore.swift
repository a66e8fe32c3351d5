// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
import ObjectStorage
import ResticFormat

/// Reads and writes lock files.
struct LockStore: Sendable {
    var files: RepositoryFiles
    var identity: HolderIdentity
    var wallClock: WallClock
    var clock: any Clock<Duration>

    /// Time between writing a lock and looking for others again.
    ///
    /// Whoever looks again after writing sees every lock written before that look, so of two processes at least one gives way;
    /// only a listing that may lag behind needs a pause.
    var recheckDelay: Duration { files.storage.listingLag }
    private static let unreadableDelays: [Duration] = [.seconds(5), .seconds(10), .seconds(20)]
    private static let releaseDeadline: Duration = .seconds(60)
    private static let requestDeadline: Duration = .seconds(120)
    /// Limits real requests, whatever clock decides when to refresh.
    private static let requestClock = ContinuousClock()

    func list() async throws -> [LockID] {
        try await files.storage.listAll(prefix: RepositoryLayout.Folder.locks.prefix)
            .filter { $0.byteCount > 0 }
            .compactMap { RepositoryLayout.id(ofKey: $0.key) as LockID? }
    }

    /// All locks but those in `own`; ones that vanish meanwhile are left out.
    func readOthers(than own: Set<LockID>) async throws -> [StoredLock] {
        var locks: [StoredLock] = []
        for id in try await list() where !own.contains(id) {
            if let lock = try await readPatiently(id) { locks.append(StoredLock(id: id, lock: lock)) }
        }
        return locks
    }

    /// Reads a lock that may still be on its way to being readable.
    private func readPatiently(_ id: LockID) async throws -> LockFile? {
        for delay in Self.unreadableDelays {
            do {
                return try await read(id)
            } catch let error as RepositoryError where error.code == .corrupt {
                try await clock.sleep(for: delay)
            }
        }
        return try await read(id)
    }

    /// Reads one lock; nil if it is gone.
    func read(_ id: LockID) async throws -> LockFile? {
        let key = RepositoryLayout.key(id)
        let text: [UInt8]
        do {
            text = try await files.json(key, digest: id.digest, limit: RepositoryFiles.maximumLockByteCount)
        } catch let error as StorageError where error.code == .notFound {
            return nil
        }
        do {
            return try LockFile(decoding: text)
        } catch {
            throw RepositoryError(
                .corrupt,
                "Lock \(id) in \(files.storage.location) cannot be read; `unlock --remove-all` removes it.",
                cause: error
            )
        }
    }

    /// Stores a new lock file; a failed attempt that may have stored it nevertheless is undone.
    func write(_ kind: LockKind) async throws -> LockID {
        let lock = LockFile(
            time: wallClock.now(),
            isExclusive: kind == .exclusive,
            hostname: identity.hostname,
            username: identity.username,
            processID: identity.processID,
            userID: identity.userID,
            groupID: identity.groupID
        )
        let file = try files.seal(lock.encode())
        let id = LockID(SHA256.digest(file.span))
        do {
            try await withDeadline(Self.requestDeadline, clock: Self.requestClock) {
                try await files.storage.put(RepositoryLayout.key(id), ObjectBody(file, sha256Hex: id.hex))
            }
        } catch {
            // Cancelled or without an answer, it may be there all the same, and would block others until it is stale.
            if (error as? StorageError)?.isRetryable ?? true { _ = await deleteShielded(id) }
            throw error
        }
        return id
    }

    func delete(_ id: LockID) async throws {
        try await withDeadline(Self.requestDeadline, clock: Self.requestClock) {
            try await files.storage.delete(RepositoryLayout.key(id))
        }
    }

    func exists(_ id: LockID) async throws -> Bool {
        try await list().contains(id)
    }

    /// Removes a lock even when the current task is cancelled, within a minute.
    func deleteShielded(_ id: LockID) async -> (any Error)? {
        do {
            try await withCancellationShield(timeout: Self.releaseDeadline, clock: Self.requestClock) {
                try await files.storage.delete(RepositoryLayout.key(id))
            }
            return nil
        } catch {
            return error
        }
    }
}
