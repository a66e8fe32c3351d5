// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// How the snapshot of a volume is described in the repository, so that Velero and restic users find it.
package enum PodVolumeSnapshot {
    /// The host of every snapshot: those of all nodes belong together.
    package static let hostName = "velero"

    /// The tags of a volume's snapshot as the resource carries them.
    ///
    /// - Parameter claimUID: Uid of the claim behind the volume; nil if there is none.
    package static func tags(backup: Backup, pod: Pod, volume: String, claimUID: String?) -> [String: String] {
        var tags = [
            "backup": backup.name, "backup-uid": backup.metadata.uid ?? "", "pod": pod.name,
            "pod-uid": pod.metadata.uid ?? "", "ns": pod.namespace ?? "", "volume": volume,
        ]
        tags["pvc-uid"] = claimUID
        return tags
    }

    /// Tags as the snapshot carries them: `key=value`, in the order of their keys.
    package static func tagTexts(_ tags: [String: String]) -> [String] {
        tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// The earlier snapshot a backup builds on: unchanged files are taken from it without being read.
    ///
    /// That is the latest completed one of the same claim, or where there is none of the same volume of a pod of the same name,
    /// in the same location and by restic. Resources found in the bucket of another cluster count too.
    /// - Returns: The snapshot's id, which may be short; nil if there is none.
    package static func parent(of backup: PodVolumeBackup, among others: [PodVolumeBackup]) -> String? {
        let claim = backup.metadata[label: VeleroLabel.claimUID]
        var latest: PodVolumeBackup?
        for other in others {
            guard other.phase == .completed, other.mover.isRestic, other.key != backup.key,
                other.backupStorageLocation == backup.backupStorageLocation,
                let id = other.snapshotID, !id.isEmpty, SnapshotIDText.isValid(id),
                other.metadata[label: VeleroLabel.claimUID] == claim,
                claim != nil || (other.pod == backup.pod && other.volume == backup.volume)
            else { continue }
            if let known = latest?.startTimestamp, let started = other.startTimestamp, started <= known { continue }
            if latest != nil, other.startTimestamp == nil { continue }
            latest = other
        }
        return latest?.snapshotID
    }
}

/// Ids of snapshots as resources carry them: whole or short.
package enum SnapshotIDText {
    /// Whether a text is 8 to 64 hexadecimal digits.
    package static func isValid(_ text: String) -> Bool {
        (8...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
