// SPDX-License-Identifier: Apache-2.0

/// Keys of labels that Velero writes or reads.
package enum VeleroLabel {
    /// On everything an installation makes, with ``componentValue``.
    package static let component = "component"
    package static let componentValue = "velero"

    package static let backupName = "velero.io/backup-name"
    package static let backupUID = "velero.io/backup-uid"
    package static let restoreName = "velero.io/restore-name"
    package static let restoreUID = "velero.io/restore-uid"
    package static let scheduleName = "velero.io/schedule-name"
    package static let storageLocation = "velero.io/storage-location"
    package static let volumeNamespace = "velero.io/volume-namespace"
    package static let repositoryType = "velero.io/repository-type"
    package static let podUID = "velero.io/pod-uid"
    package static let claimUID = "velero.io/pvc-uid"
    package static let podVolumeBackup = "velero.io/pod-volume-backup"
    package static let podVolumeRestore = "velero.io/pod-volume-restore"
    package static let dataUpload = "velero.io/data-upload"
    package static let dataDownload = "velero.io/data-download"
    package static let asyncOperationID = "velero.io/async-operation-id"
    /// `true` on an object or namespace that is never backed up.
    package static let excludeFromBackup = "velero.io/exclude-from-backup"
    package static let collectionFailure = "velero.io/gc-failure"
    package static let repositoryName = "velero.io/repo-name"
    package static let pluginConfig = "velero.io/plugin-config"
    package static let volumeGroup = "velero.io/volume-group"
    /// On a ConfigMap with settings of the waiting container, by the name of the restore action: up to 1.9, and from 1.10 on.
    package static let oldRestoreHelperConfig = "velero.io/restic"
    package static let restoreHelperConfig = "velero.io/pod-volume-restore"
}

/// Keys of annotations that Velero writes or reads.
package enum VeleroAnnotation {
    /// On a pod: volumes whose files are backed up, separated by commas.
    package static let backupVolumes = "backup.velero.io/backup-volumes"
    /// On a pod: volumes left out where all are backed up.
    package static let backupVolumesExcludes = "backup.velero.io/backup-volumes-excludes"
    /// On a pod, with the volume's name after it: a snapshot id, written by Velero up to about 1.2.
    package static let snapshotPrefix = "snapshot.velero.io/"
    package static let podVolumeTimeout = "velero.io/pod-volume-timeout"
    package static let resourceTimeout = "velero.io/resource-timeout"
    package static let claimName = "velero.io/pvc-name"
    package static let restoreStatus = "velero.io/restore-status"
    package static let originalVolumeName = "velero.io/original-pv-name"
    package static let skipFromBackup = "velero.io/skip-from-backup"
    /// This project's own: `true` on a PodVolumeRestore allows it to write into the volume of a pod that runs.
    package static let restoreIntoRunningPod = "velero.io/restore-into-running-pod"
    /// This project's own, on what moves a volume: how many agents ended in the middle of it.
    package static let unfinishedAttempts = "velero.io/unfinished-attempts"
    /// This project's own: on a schedule's backup, the moment at which it was due, so that none is made twice.
    package static let scheduledFor = "velero.io/scheduled-for"
    /// kubectl's copy of what was applied.
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    /// On a mirror pod: the uid the kubelet uses on disk.
    package static let mirrorPodUID = "kubernetes.io/config.hash"
    /// On a volume: the CSI driver that took over from a built-in one.
    package static let migratedTo = "pv.kubernetes.io/migrated-to"
    package static let provisionedBy = "pv.kubernetes.io/provisioned-by"
}

/// Finalizers that Velero puts on objects.
package enum VeleroFinalizer {
    package static let restoreObjects = "restores.velero.io/external-resources-finalizer"
    package static let podVolume = "velero.io/pod-volume-finalizer"
    package static let dataMovement = "velero.io/data-upload-download-finalizer"
}

/// Names of objects that every installation has.
package enum VeleroObjectName {
    package static let namespace = "velero"
    package static let cloudCredentials = "cloud-credentials"
    package static let cloudCredentialsKey = "cloud"
    /// The Secret with the password of all repositories: from 1.10 on, and before.
    package static let repositoryCredentials = "velero-repo-credentials"
    package static let oldRepositoryCredentials = "velero-restic-credentials"
    package static let repositoryPasswordKey = "repository-password"
    /// The password nearly every installation of Velero has, since it is what the server writes unasked.
    package static let defaultRepositoryPassword = "static-passw0rd"
    /// The waiting container of a restored pod: from 1.10 on, and before.
    package static let restoreWaitContainer = "restore-wait"
    package static let oldRestoreWaitContainer = "restic-wait"
}
