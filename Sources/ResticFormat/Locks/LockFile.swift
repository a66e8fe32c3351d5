// SPDX-License-Identifier: Apache-2.0

/// Who holds a lock on a repository, of which kind and since when.
package struct LockFile: Equatable, Sendable {
    /// When the lock was taken or last refreshed.
    package var time: Timestamp
    /// Whether the holder tolerates no other lock beside it.
    package var isExclusive: Bool
    package var hostname: String
    package var username: String
    package var processID: Int64
    package var userID: UInt32
    package var groupID: UInt32

    package init(
        time: Timestamp,
        isExclusive: Bool,
        hostname: String,
        username: String,
        processID: Int64,
        userID: UInt32 = 0,
        groupID: UInt32 = 0
    ) {
        self.time = time
        self.isExclusive = isExclusive
        self.hostname = hostname
        self.username = username
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// Whether this lock and one of the given kind may not exist side by side.
    package func conflicts(withExclusive exclusive: Bool) -> Bool { isExclusive || exclusive }
}

extension LockFile {
    /// Age beyond which a lock counts as left behind.
    package static let staleAge = Duration.seconds(30 * 60)
    /// How often a holder replaces its lock by a newer one.
    package static let refreshInterval = Duration.seconds(5 * 60)
    /// Time without a successful refresh after which a holder must consider its lock lost.
    package static let refreshDeadline = Duration.seconds(22 * 60 + 30)

    /// Why a lock counts as left behind by a process that is gone.
    package enum Staleness: Hashable, Sendable {
        /// Not refreshed for longer than ``LockFile/staleAge``.
        case expired
        /// Its process on this host no longer runs.
        case processGone
    }

    /// Tells whether the lock was left behind; nil while its holder may be alive.
    ///
    /// - Parameter isProcessAlive: Asked only for locks of this host. Pass a closure that returns true where process ids
    ///   mean nothing, as between containers that share a host name.
    package func staleness(
        now: Timestamp,
        hostname: String,
        isProcessAlive: (_ processID: Int64) -> Bool
    ) -> Staleness? {
        if now.duration(since: time) > Self.staleAge { return .expired }
        if self.hostname == hostname, !isProcessAlive(processID) { return .processGone }
        return nil
    }
}
