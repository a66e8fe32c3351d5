// SPDX-License-Identifier: Apache-2.0

/// Whether a backup may be deleted; decides only.
package enum DeletionCheck {
    /// Why it may not, in Velero's words; nil if it may.
    ///
    /// - Parameter location: Where the backup is; nil if that is not there.
    package static func problem(_ backup: Backup, location: BackupStorageLocation?, named name: String) -> String? {
        if backup.phase.isWaitingOrRunning { return "backup is still in progress" }
        guard let location else { return "backup storage location \(name) not found" }
        if location.isReadOnly {
            return "cannot delete backup because backup storage location \(name) is currently in read-only mode"
        }
        if location.isUnavailable {
            return "cannot delete backup because backup storage location \(name) is currently in Unavailable state"
        }
        return nil
    }
}
