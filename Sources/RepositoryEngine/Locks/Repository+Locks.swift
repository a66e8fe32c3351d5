// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
package import ResticFormat

/// Which locks ``Repository/unlock(_:)`` removes.
package enum UnlockScope: Sendable {
    /// Locks not refreshed for 30 minutes, and those of processes of this host that are gone.
    case stale
    /// Every lock, whoever holds it.
    case all
}

extension Repository {
    var lockStore: LockStore {
        LockStore(files: files, identity: options.identity, wallClock: options.wallClock, clock: options.clock)
    }

    /// Holds a lock that restic respects while `body` runs, and removes it afterwards in any case.
    ///
    /// The lock is refreshed every five minutes. When no refresh succeeds for 22.5 minutes, `body` is cancelled. A process that
    /// holds locks must ignore SIGHUP, which restic's `unlock` sends to see whether a holder on its own host is alive.
    ///
    /// A `body` that succeeds though it was cancelled has its result returned.
    ///
    /// - Throws: ``RepositoryError`` with `.locked` when another lock is in the way, `.lockLost` when the lock could not be
    ///   kept; else what `body` throws.
    package func withLock<R: Sendable>(
        _ kind: LockKind,
        options: LockOptions = LockOptions(),
        _ body: @escaping @Sendable (LockGuard) async throws -> R
    ) async throws -> R {
        let held = try await acquire(kind, options: options)
        let result: Result<R, any Error>
        do {
            result = .success(try await run(body, holding: held))
        } catch {
            result = .failure(error)
        }
        await held.release()
        return try result.get()
    }

    private enum Ending<R: Sendable>: Sendable {
        case ofBody(Result<R, any Error>)
        case ofRefreshing((any Error)?)
    }

    private func run<R: Sendable>(
        _ body: @escaping @Sendable (LockGuard) async throws -> R,
        holding held: LockGuard
    ) async throws -> R {
        let result = await withTaskGroup(of: Ending<R>.self) { group -> Result<R, any Error> in
            group.addTask {
                do {
                    return .ofBody(.success(try await body(held)))
                } catch {
                    return .ofBody(.failure(error))
                }
            }
            group.addTask {
                do {
                    try await held.keepFresh()
                    return .ofRefreshing(nil)
                } catch {
                    return .ofRefreshing(error)
                }
            }
            var failure: (any Error)?
            while let ending = await group.next() {
                group.cancelAll()
                switch ending {
                case .ofBody(let result):
                    return failure.map { .failure($0) } ?? result
                // Refreshing ends with the caller's task; a body that succeeds all the same has its result counted.
                case .ofRefreshing(let error): failure = error is CancellationError ? nil : error
                }
            }
            return .failure(CancellationError())
        }
        return try result.get()
    }

    private func acquire(_ kind: LockKind, options: LockOptions) async throws -> LockGuard {
        let stopwatch = Stopwatch(clock: self.options.clock)
        var attempt = 0
        var takenOver: [StoredLock] = []
        while true {
            switch try await tryAcquire(kind, options: options, takenOver: &takenOver) {
            case .held(let held): return held
            case .conflict(let other):
                guard
                    let delay = LockPolicy.retryDelay(
                        attempt: attempt,
                        elapsed: stopwatch.elapsed,
                        total: options.retryDuration
                    )
                else { throw locked(by: other) }
                options.onNotice(.waiting(other, delay: delay))
                try await self.options.clock.sleep(for: delay)
                attempt += 1
            }
        }
    }

    private enum Attempt {
        case held(LockGuard)
        case conflict(StoredLock)
    }

    private func tryAcquire(
        _ kind: LockKind,
        options: LockOptions,
        takenOver: inout [StoredLock]
    ) async throws -> Attempt {
        let store = lockStore
        if let conflict = try await conflict(for: kind, own: [], options: options, takenOver: &takenOver) {
            return .conflict(conflict)
        }
        let id = try await store.write(kind)
        do {
            try await self.options.clock.sleep(for: store.recheckDelay)
            if let conflict = try await conflict(for: kind, own: [id], options: options, takenOver: &takenOver) {
                _ = await store.deleteShielded(id)
                return .conflict(conflict)
            }
        } catch {
            _ = await store.deleteShielded(id)
            throw error
        }
        return .held(
            LockGuard(kind: kind, id: id, store: store, takenOver: takenOver, onNotice: options.onNotice)
        )
    }

    /// The lock that stands in the way, after locks of holders that are gone were removed.
    private func conflict(
        for kind: LockKind,
        own: Set<LockID>,
        options: LockOptions,
        takenOver: inout [StoredLock]
    ) async throws -> StoredLock? {
        let store = lockStore
        let others = try await store.readOthers(than: own)
        let now = self.options.wallClock.now()
        let verdict = LockPolicy.judge(others, for: kind) { options.isHolderGone($0, now) }
        for other in verdict.abandoned {
            try await store.delete(other.id)
            takenOver.append(other)
            options.onNotice(.tookOver(other))
        }
        return verdict.conflict
    }

    private func locked(by other: StoredLock) -> RepositoryError {
        let lock = other.lock
        let kind = lock.isExclusive ? "exclusively " : ""
        let age = options.wallClock.now().duration(since: lock.time)
        let stale =
            age > LockFile.staleAge ? " That is long ago: if the process is gone, `unlock` removes the lock." : ""
        return RepositoryError(
            .locked,
            "The repository at \(storage.location) is already locked \(kind)by process \(lock.processID) of "
                + "\(lock.username)@\(lock.hostname) since \(lock.time.rfc3339) (lock \(other.id.shortHex))." + stale
        )
    }

    // MARK: Listing and removing

    /// All locks that can be read.
    package func listLocks() async throws -> [StoredLock] {
        try await lockStore.readOthers(than: [])
    }

    /// The ids of all lock files, readable or not.
    package func listLockIDs() async throws -> [LockID] { try await lockStore.list().sorted() }

    /// Removes locks that were left behind, or all; returns those removed.
    ///
    /// - Parameter isHolderGone: Whether a lock's holder is certainly gone; nil for the rule that locking itself follows.
    package func unlock(
        _ scope: UnlockScope,
        isHolderGone: (@Sendable (LockFile, _ now: Timestamp) -> Bool)? = nil
    ) async throws -> [LockID] {
        let isHolderGone = isHolderGone ?? LockOptions.goneOnThisHost(identity: options.identity)
        let store = lockStore
        let now = options.wallClock.now()
        var removed: [LockID] = []
        for id in try await store.list() {
            if scope == .stale {
                guard let lock = try? await store.read(id) else { continue }
                guard now.duration(since: lock.time) > LockFile.staleAge || isHolderGone(lock, now) else { continue }
            }
            try await store.delete(id)
            removed.append(id)
        }
        return removed
    }
}
