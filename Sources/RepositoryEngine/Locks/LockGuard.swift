// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
package import ResticFormat
import Synchronization

/// A lock held by the scope of ``Repository/withLock(_:options:_:)``.
package final class LockGuard: Sendable {
    struct State: Sendable {
        var id: LockID
        var schedule: LockRefreshSchedule
    }

    package let kind: LockKind
    /// Locks removed on the way to this one because their holders were gone: work of theirs may lie half done.
    package let takenOver: [StoredLock]
    private let store: LockStore
    private let stopwatch: Stopwatch
    private let onNotice: @Sendable (LockNotice) -> Void
    private let state: Mutex<State>

    init(
        kind: LockKind,
        id: LockID,
        store: LockStore,
        takenOver: [StoredLock],
        onNotice: @escaping @Sendable (LockNotice) -> Void
    ) {
        self.kind = kind
        self.takenOver = takenOver
        self.store = store
        self.onNotice = onNotice
        stopwatch = Stopwatch(clock: store.clock)
        state = Mutex(State(id: id, schedule: LockRefreshSchedule(acquiredAt: .zero)))
    }

    /// The lock file of this moment; changes with each refresh.
    package var id: LockID { state.withLock { $0.id } }

    /// Asks to be sure before the one step that must not happen without the lock, such as storing a snapshot.
    ///
    /// - Throws: ``RepositoryError`` with `.lockLost` when the lock has not been refreshed for so long that another process
    ///   may have taken it for abandoned.
    package func confirm() throws {
        let time = stopwatch.elapsed
        guard state.withLock({ $0.schedule.isHeld(at: time) }) else { throw lost }
    }

    private var lost: RepositoryError {
        RepositoryError(
            .lockLost,
            "The lock on the repository at \(store.files.storage.location) could not be refreshed in time, so another "
                + "process may have changed it; what was stored so far is kept. Check the connection and run again."
        )
    }

    /// Refreshes until the task is cancelled.
    ///
    /// - Throws: ``RepositoryError`` with `.lockLost`, or `CancellationError`.
    func keepFresh() async throws {
        while true {
            let time = stopwatch.elapsed
            switch state.withLock({ $0.schedule.step(at: time) }) {
            case .wait(let duration): try await store.clock.sleep(for: duration)
            case .refresh: try await refresh(startedAt: time)
            case .recover: try await recover(startedAt: time)
            case .lost: throw lost
            }
        }
    }

    private func refresh(startedAt time: Duration) async throws {
        let old = id
        do {
            let new = try await store.write(kind)
            state.withLock { state in
                state.id = new
                state.schedule.refreshed(startedAt: time)
            }
        } catch {
            try Task.checkCancellation()
            onNotice(.refreshFailed(error))
            let now = stopwatch.elapsed
            state.withLock { $0.schedule.failed(at: now) }
            return
        }
        await remove(old)
    }

    /// Takes the lock up again after a long pause, if nobody has removed it: it still kept others out.
    private func recover(startedAt time: Duration) async throws {
        let old = id
        do {
            guard try await store.exists(old) else { throw lost }
            let new = try await store.write(kind)
            do {
                try await store.clock.sleep(for: store.recheckDelay)
                guard try await store.exists(old) else { throw lost }
            } catch {
                _ = await store.deleteShielded(new)
                throw error
            }
            state.withLock { state in
                state.id = new
                state.schedule.refreshed(startedAt: time)
            }
        } catch {
            try Task.checkCancellation()
            onNotice(.refreshFailed(error))
            state.withLock { $0.schedule.recoveryFailed() }
            return
        }
        await remove(old)
    }

    /// Removes the lock file that a refresh replaced.
    private func remove(_ old: LockID) async {
        if let error = await store.deleteShielded(old) { onNotice(.releaseFailed(error)) }
    }

    /// Removes the lock file, whatever happened to the task.
    func release() async {
        await remove(id)
    }
}
