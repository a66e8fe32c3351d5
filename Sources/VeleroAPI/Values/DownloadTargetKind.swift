// SPDX-License-Identifier: Apache-2.0

/// What a DownloadRequest is for.
package enum DownloadTargetKind: TextEnumeration {
    case backupLog
    case backupContents
    case backupVolumeSnapshots
    /// Velero 1.8 to 1.10 only.
    case backupItemSnapshots
    case backupItemOperations
    case backupResourceList
    case backupResults
    case restoreLog
    case restoreResults
    case restoreResourceList
    case restoreItemOperations
    case csiBackupVolumeSnapshots
    case csiBackupVolumeSnapshotContents
    case backupVolumeInfos
    case restoreVolumeInfo
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [
            (.backupLog, "BackupLog"), (.backupContents, "BackupContents"),
            (.backupVolumeSnapshots, "BackupVolumeSnapshots"), (.backupItemSnapshots, "BackupItemSnapshots"),
            (.backupItemOperations, "BackupItemOperations"), (.backupResourceList, "BackupResourceList"),
            (.backupResults, "BackupResults"), (.restoreLog, "RestoreLog"), (.restoreResults, "RestoreResults"),
            (.restoreResourceList, "RestoreResourceList"), (.restoreItemOperations, "RestoreItemOperations"),
            (.csiBackupVolumeSnapshots, "CSIBackupVolumeSnapshots"),
            (.csiBackupVolumeSnapshotContents, "CSIBackupVolumeSnapshotContents"),
            (.backupVolumeInfos, "BackupVolumeInfos"), (.restoreVolumeInfo, "RestoreVolumeInfo"),
        ]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
