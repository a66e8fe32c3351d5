// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What is done with a backup whose time may be over; decides only.
package enum BackupExpiry: Equatable, Sendable {
    /// It is kept for so long; nil for ever.
    case keep(Duration?)
    /// It cannot be deleted now, for this reason, as the label for it says.
    case blocked(String)
    /// It is to be deleted.
    case delete

    /// - Parameter location: Where the backup is; nil if that is not there.
    package static func decide(_ backup: Backup, location: BackupStorageLocation?, now: KubeTime) -> BackupExpiry {
        guard !backup.metadata.isBeingDeleted, let end = backup.expiration else { return .keep(nil) }
        guard end < now else { return .keep(max(.seconds(1), now.duration(to: end))) }
        guard !backup.phase.isWaitingOrRunning else { return .keep(.seconds(60)) }
        guard let location else { return .blocked("BSLNotFound") }
        if location.isReadOnly { return .blocked("BSLReadOnly") }
        if location.isUnavailable { return .blocked("BSLUnavailable") }
        return .delete
    }
}
