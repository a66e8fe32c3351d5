// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// What a lock lets others do beside it.
package enum LockKind: Sendable {
    /// Others may hold shared locks: reading, and adding without removing.
    case shared
    /// Nobody else may hold a lock: removing and rewriting.
    case exclusive
}

/// A lock file and its id.
package struct StoredLock: Sendable {
    package var id: LockID
    package var lock: LockFile

    package init(id: LockID, lock: LockFile) {
        self.id = id
        self.lock = lock
    }
}

/// Which locks stand in the way, and what to do about them; pure.
enum LockPolicy {
    struct Verdict: Sendable {
        /// Locks whose holders are gone, in the way or not: to be removed, lest they keep restic out.
        var abandoned: [StoredLock] = []
        /// A conflicting lock whose holder may be alive.
        var conflict: StoredLock?
    }

    static func judge(
        _ others: [StoredLock],
        for kind: LockKind,
        isHolderGone: (LockFile) -> Bool
    ) -> Verdict {
        var verdict = Verdict()
        for other in others.sorted(by: { $0.id < $1.id }) {
            if isHolderGone(other.lock) {
                verdict.abandoned.append(other)
            } else if verdict.conflict == nil, other.lock.conflicts(withExclusive: kind == .exclusive) {
                verdict.conflict = other
            }
        }
        return verdict
    }

    /// Waits between attempts to get a lock: 5 s, doubling up to a minute, cut so that one attempt comes at the very end.
    static func retryDelay(attempt: Int, elapsed: Duration, total: Duration) -> Duration? {
        guard elapsed < total else { return nil }
        let planned = min(.seconds(60), .seconds(5) * (1 << min(attempt, 4)))
        return min(planned, total - elapsed)
    }
}

/// When a held lock is refreshed next, and when it is lost; pure.
struct LockRefreshSchedule: Sendable {
    enum Step: Equatable, Sendable {
        case wait(Duration)
        /// Write a new lock file, then remove the old one.
        case refresh
        /// Too much time has passed: only if the old file still exists may the lock be taken up again.
        case recover
        case lost
    }

    static let interval = LockFile.refreshInterval
    static let deadline = LockFile.refreshDeadline
    static let retryInterval: Duration = .seconds(30)

    private var lastRefresh: Duration
    private var lastAttempt: Duration
    private var hasFailedToRecover = false

    init(acquiredAt time: Duration) {
        lastRefresh = time
        lastAttempt = time
    }

    func step(at time: Duration) -> Step {
        if hasFailedToRecover { return .lost }
        if time - lastRefresh >= Self.deadline { return .recover }
        let due = lastAttempt == lastRefresh ? lastRefresh + Self.interval : lastAttempt + Self.retryInterval
        return time >= due ? .refresh : .wait(min(due, lastRefresh + Self.deadline) - time)
    }

    /// Whether nobody else can believe the lock abandoned yet.
    func isHeld(at time: Duration) -> Bool { !hasFailedToRecover && time - lastRefresh < Self.deadline }

    mutating func refreshed(startedAt time: Duration) {
        lastRefresh = time
        lastAttempt = time
    }

    mutating func failed(at time: Duration) { lastAttempt = time }

    mutating func recoveryFailed() { hasFailedToRecover = true }
}
