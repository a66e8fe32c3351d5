// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension PodVolumeBackup {
    /// The backup of one volume of a pod.
    ///
    /// Its name is derived from backup, pod and volume, so that making it twice finds the first.
    /// - Parameter claim: The claim behind the volume; nil if there is none.
    package init(of volume: String, pod: Pod, claim: PersistentVolumeClaim?, for backup: Backup, repository: String) {
        let podUID = pod.metadata.uid ?? ""
        self.init(
            name: ObjectName.podVolumeBackup(backup: backup, podUID: podUID, volume: volume),
            namespace: backup.namespace
        )
        metadata.ownerReferences = [OwnerReference(backup.object, isController: true)]
        var labels = [
            VeleroLabel.backupName: ObjectName.labelValue(backup.name),
            VeleroLabel.backupUID: backup.metadata.uid ?? "",
        ]
        labels[VeleroLabel.claimUID] = claim?.metadata.uid
        metadata.labels = labels
        metadata[annotation: VeleroAnnotation.claimName] = claim?.name
        self.node = pod.nodeName ?? ""
        object["spec", "pod"] = .podReference(pod)
        self.volume = volume
        self.backupStorageLocation = backup.storageLocation ?? ""
        self.repoIdentifier = repository
        self.uploaderType = .restic
        self.tags = PodVolumeSnapshot.tags(backup: backup, pod: pod, volume: volume, claimUID: claim?.metadata.uid)
    }
}

extension PodVolumeRestore {
    /// The restore of one volume of a restored pod from its backup.
    ///
    /// - Parameters:
    ///   - claim: The restored pod's claim behind the volume; nil if there is none.
    ///   - repository: Identifier by this cluster's location, whatever the backup's own says.
    package init(
        of backup: PodVolumeBackup,
        into pod: Pod,
        claim: PersistentVolumeClaim?,
        for restore: Restore,
        repository: String
    ) {
        let podUID = pod.metadata.uid ?? ""
        let volume = backup.volume ?? ""
        self.init(
            name: ObjectName.podVolumeRestore(restore: restore, podUID: podUID, volume: volume),
            namespace: restore.namespace
        )
        metadata.ownerReferences = [OwnerReference(restore.object, isController: true)]
        var labels = [
            VeleroLabel.restoreName: ObjectName.labelValue(restore.name),
            VeleroLabel.restoreUID: restore.metadata.uid ?? "", VeleroLabel.podUID: podUID,
        ]
        labels[VeleroLabel.claimUID] = claim?.metadata.uid
        metadata.labels = labels
        metadata[annotation: VeleroAnnotation.claimName] = claim?.name
        object["spec", "pod"] = .podReference(pod)
        self.volume = volume
        self.backupStorageLocation = backup.backupStorageLocation
        self.repoIdentifier = repository
        self.snapshotID = backup.snapshotID
        self.sourceNamespace = backup.podNamespace
        self.uploaderType = backup.mover
    }
}

extension JSONValue {
    fileprivate static func podReference(_ pod: Pod) -> JSONValue {
        [
            "kind": "Pod", "namespace": .string(pod.namespace ?? ""), "name": .string(pod.name),
            "uid": .string(pod.metadata.uid ?? ""),
        ]
    }
}
