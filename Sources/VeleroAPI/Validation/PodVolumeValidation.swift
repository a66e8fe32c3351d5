// SPDX-License-Identifier: Apache-2.0

// Whoever may create these resources chooses their fields, and an agent acts on them with its own rights on the node: what is no name
// by the rules of Kubernetes is refused before it reaches a path, a request or a repository.

extension PodVolumeBackup {
    /// What is wrong with the specification; nil if nothing is.
    package func validate() -> String? {
        if (self.node ?? "").isEmpty { return "spec.node is empty" }
        return PodVolumeRules.problem(
            podNamespace: self.podNamespace,
            podName: self.podName,
            podUID: self.podUID,
            volume: self.volume,
            location: self.backupStorageLocation
        )
    }
}

extension PodVolumeRestore {
    /// What is wrong with the specification; nil if nothing is.
    package func validate() -> String? {
        let problem = PodVolumeRules.problem(
            podNamespace: self.podNamespace,
            podName: self.podName,
            podUID: self.podUID,
            volume: self.volume,
            location: self.backupStorageLocation
        )
        if let problem { return problem }
        guard SnapshotIDText.isValid(self.snapshotID ?? "") else { return "spec.snapshotID is no id of a snapshot" }
        guard ObjectName.isLabel(repositoryNamespace) else { return "spec.sourceNamespace is no name of a namespace" }
        guard restoreUID.map(ObjectName.isUID) ?? true else { return "its owner's uid is no uid" }
        return nil
    }
}

private enum PodVolumeRules {
    static func problem(
        podNamespace: String?,
        podName: String?,
        podUID: String?,
        volume: String?,
        location: String?
    ) -> String? {
        guard ObjectName.isLabel(podNamespace ?? "") else { return "spec.pod.namespace is no name of a namespace" }
        guard ObjectName.isSubdomain(podName ?? "") else { return "spec.pod.name is no name of a pod" }
        guard (podUID ?? "").isEmpty || ObjectName.isUID(podUID ?? "") else { return "spec.pod.uid is no uid" }
        guard ObjectName.isLabel(volume ?? "") else { return "spec.volume is no name of a volume" }
        guard ObjectName.isSubdomain(location ?? "") else {
            return "spec.backupStorageLocation is no name of a backup storage location"
        }
        return nil
    }
}
