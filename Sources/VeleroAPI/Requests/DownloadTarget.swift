// SPDX-License-Identifier: Apache-2.0

/// The file that a download request is about; decides only.
package struct DownloadTarget: Sendable, Hashable {
    /// Whether `name` is that of a restore.
    package let isRestore: Bool
    package let name: String
    /// From the location's root.
    package let key: String

    /// Nil for kinds that are not known and for what is no name.
    package init?(_ kind: DownloadTargetKind, name: String) {
        guard ObjectName.isSubdomain(name), let file = Self.file(kind) else { return nil }
        isRestore = file.isRestore
        self.name = name
        key = "\(file.isRestore ? "restores" : "backups")/\(name)/\(file.prefix)\(name)\(file.suffix)"
    }

    private static func file(_ kind: DownloadTargetKind) -> (isRestore: Bool, prefix: String, suffix: String)? {
        switch kind {
        case .backupLog: (false, "", "-logs.gz")
        case .backupContents: (false, "", ".tar.gz")
        case .backupVolumeSnapshots: (false, "", "-volumesnapshots.json.gz")
        case .backupItemSnapshots: (false, "", "-itemsnapshots.json.gz")
        case .backupItemOperations: (false, "", "-itemoperations.json.gz")
        case .backupResourceList: (false, "", "-resource-list.json.gz")
        case .backupResults: (false, "", "-results.gz")
        case .csiBackupVolumeSnapshots: (false, "", "-csi-volumesnapshots.json.gz")
        case .csiBackupVolumeSnapshotContents: (false, "", "-csi-volumesnapshotcontents.json.gz")
        case .backupVolumeInfos: (false, "", "-volumeinfo.json.gz")
        case .restoreLog: (true, "restore-", "-logs.gz")
        case .restoreResults: (true, "restore-", "-results.gz")
        case .restoreResourceList: (true, "restore-", "-resource-list.json.gz")
        case .restoreItemOperations: (true, "restore-", "-itemoperations.json.gz")
        // Written by Velero without the prefix of the others.
        case .restoreVolumeInfo: (true, "", "-volumeinfo.json.gz")
        case .unknown: nil
        }
    }
}
