// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import ResticFormat

/// How to get a lock.
package struct LockOptions: Sendable {
    /// How long to keep trying while another lock is in the way.
    package var retryDuration: Duration = .zero
    /// Whether the holder of a conflicting lock is certainly gone, so that its lock may be removed.
    package var isHolderGone: @Sendable (LockFile, _ now: Timestamp) -> Bool = LockOptions.goneOnThisHost()
    /// Told of what is worth telling a person: waiting, taking over, a refresh that failed.
    package var onNotice: @Sendable (LockNotice) -> Void = { _ in }

    package init() {}

    /// The rule restic uses for `unlock`, without its age limit: same host, process gone.
    ///
    /// Inside a container, process ids of other containers with the same host name mean nothing. There a lock must also have
    /// missed a refresh before its holder is believed gone.
    package static func goneOnThisHost(
        identity: HolderIdentity = .current,
        isProcessAlive: @escaping @Sendable (Int64) -> Bool = HolderIdentity.isProcessAlive,
        seesAllProcesses: Bool = HolderIdentity.seesAllProcesses
    ) -> @Sendable (LockFile, Timestamp) -> Bool {
        { lock, now in
            guard lock.hostname == identity.hostname, lock.processID != identity.processID,
                !isProcessAlive(lock.processID)
            else { return false }
            return seesAllProcesses || now.duration(since: lock.time) > LockFile.refreshInterval + .seconds(60)
        }
    }
}

/// Something about a lock that a person may want to know.
package enum LockNotice: Sendable {
    /// A conflicting lock is in the way; the next try comes after `delay`.
    case waiting(StoredLock, delay: Duration)
    /// The lock of a holder that is gone was removed.
    case tookOver(StoredLock)
    /// A refresh failed and will be tried again.
    case refreshFailed(any Error)
    /// The lock file could not be removed at the end.
    case releaseFailed(any Error)
}

extension HolderIdentity {
    /// Whether this process is in the machine's first process-id namespace, not in a container's.
    package static var seesAllProcesses: Bool {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return link == "pid:[4026531836]"
    }
}
