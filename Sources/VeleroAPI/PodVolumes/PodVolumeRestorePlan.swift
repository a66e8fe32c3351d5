// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which volumes of a restored pod come from which snapshots.
package enum PodVolumeRestorePlan {
    /// The backups of the pod's volumes, in the order of the pod's volumes.
    ///
    /// Backups that found their volume empty have no snapshot and are left out, as are volumes the cluster fills by itself.
    /// - Parameters:
    ///   - pod: The restored pod.
    ///   - originalNamespace: The pod's namespace when it was backed up.
    ///   - backups: The backups of volumes that belong to the Backup.
    package static func backups(
        for pod: Pod,
        originalNamespace: String,
        among backups: [PodVolumeBackup]
    ) -> [PodVolumeBackup] {
        let original = ObjectKey(namespace: originalNamespace, name: pod.name)
        return pod.volumes.compactMap { volume in
            guard !volume.isSource("projected"), !volume.isSource("downwardAPI") else { return nil }
            return backups.first { backup in
                backup.pod == original && backup.volume == volume.name && backup.phase == .completed
                    && SnapshotIDText.isValid(backup.snapshotID ?? "")
            }
        }
    }

    /// Snapshot ids by volume as Velero up to about 1.2 left them in the pod's annotations; for pods without backups of volumes.
    package static func legacySnapshots(of pod: Pod) -> [String: String] {
        var snapshots: [String: String] = [:]
        for (name, id) in pod.metadata.annotations where name.hasPrefix(VeleroAnnotation.snapshotPrefix) {
            let volume = String(name.dropFirst(VeleroAnnotation.snapshotPrefix.count))
            guard ObjectName.isLabel(volume), SnapshotIDText.isValid(id), pod.volume(named: volume) != nil else {
                continue
            }
            snapshots[volume] = id
        }
        return snapshots
    }
}
