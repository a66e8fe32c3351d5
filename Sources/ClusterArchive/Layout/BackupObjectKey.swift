// SPDX-License-Identifier: Apache-2.0

/// Keys of the objects of one backup in its location, from the location's root.
package struct BackupObjectKey: Sendable, Hashable {
    /// Under which all backups are.
    package static let root = "backups/"

    /// The backup's name.
    package let name: String

    package init(_ name: String) { self.name = name }

    /// All keys of the backup begin so.
    package var prefix: String { Self.root + name + "/" }

    /// The Backup itself; there is a backup when this object is there.
    package var metadata: String { prefix + "velero-backup.json" }
    /// The objects.
    package var contents: String { file(".tar.gz") }
    package var log: String { file("-logs.gz") }
    package var results: String { file("-results.gz") }
    package var resourceList: String { file("-resource-list.json.gz") }
    package var podVolumeBackups: String { file("-podvolumebackups.json.gz") }
    package var volumeSnapshots: String { file("-volumesnapshots.json.gz") }
    package var itemOperations: String { file("-itemoperations.json.gz") }
    package var volumeInformation: String { file("-volumeinfo.json.gz") }

    private func file(_ suffix: String) -> String { prefix + name + suffix }
}
