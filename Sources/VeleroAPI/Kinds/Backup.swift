// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A backup of objects of the cluster and of the volumes of its pods.
package struct Backup: VeleroResource {
    package static let resourceType = ResourceType.velero("Backup", "backups")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        /// Labels for the backups of a schedule; set in templates only.
        package let scheduledLabels = Field<[String: String]>("spec.metadata.labels")
        package let includedNamespaces = Field<[String]>("spec.includedNamespaces")
        package let excludedNamespaces = Field<[String]>("spec.excludedNamespaces")
        package let includedResources = Field<[String]>("spec.includedResources")
        package let excludedResources = Field<[String]>("spec.excludedResources")
        package let includeClusterResources = Field<Bool>("spec.includeClusterResources")
        package let includedClusterScopedResources = Field<[String]>("spec.includedClusterScopedResources")
        package let excludedClusterScopedResources = Field<[String]>("spec.excludedClusterScopedResources")
        package let includedNamespaceScopedResources = Field<[String]>("spec.includedNamespaceScopedResources")
        package let excludedNamespaceScopedResources = Field<[String]>("spec.excludedNamespaceScopedResources")
        package let labelSelector = Field<JSONObject>("spec.labelSelector")
        package let orLabelSelectors = Field<[JSONObject]>("spec.orLabelSelectors")
        package let snapshotVolumes = Field<Bool>("spec.snapshotVolumes")
        package let ttl = Field<GoDuration>("spec.ttl")
        package let hooks = Field<[JSONObject]>("spec.hooks.resources")
        package let storageLocation = Field<String>("spec.storageLocation")
        package let volumeSnapshotLocations = Field<[String]>("spec.volumeSnapshotLocations")
        /// The old name of the next one.
        package let defaultVolumesToRestic = Field<Bool>("spec.defaultVolumesToRestic")
        package let defaultVolumesToFsBackup = Field<Bool>("spec.defaultVolumesToFsBackup")
        package let orderedResources = Field<[String: String]>("spec.orderedResources")
        package let csiSnapshotTimeout = Field<GoDuration>("spec.csiSnapshotTimeout")
        package let itemOperationTimeout = Field<GoDuration>("spec.itemOperationTimeout")
        package let resourcePolicyKind = Field<String>("spec.resourcePolicy.kind")
        package let resourcePolicyName = Field<String>("spec.resourcePolicy.name")
        package let snapshotMoveData = Field<Bool>("spec.snapshotMoveData")
        package let dataMover = Field<String>("spec.datamover")
        package let parallelFilesUpload = Field<Int>("spec.uploaderConfig.parallelFilesUpload")
        package let volumeGroupSnapshotLabelKey = Field<String>("spec.volumeGroupSnapshotLabelKey")
        package let version = Field<Int>("status.version")
        package let formatVersion = Field<String>("status.formatVersion")
        package let expiration = Field<KubeTime>("status.expiration")
        /// As stored; ``Backup/phase`` knows what an empty one means.
        package let statusPhase = Field<BackupPhase>("status.phase")
        package let queuePosition = Field<Int>("status.queuePosition")
        package let validationErrors = Field<[String]>("status.validationErrors")
        package let startTimestamp = Field<KubeTime>("status.startTimestamp")
        package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
        package let volumeSnapshotsAttempted = Field<Int>("status.volumeSnapshotsAttempted")
        package let volumeSnapshotsCompleted = Field<Int>("status.volumeSnapshotsCompleted")
        package let csiVolumeSnapshotsAttempted = Field<Int>("status.csiVolumeSnapshotsAttempted")
        package let csiVolumeSnapshotsCompleted = Field<Int>("status.csiVolumeSnapshotsCompleted")
        package let failureReason = Field<String>("status.failureReason")
        package let warnings = Field<Int>("status.warnings")
        package let errors = Field<Int>("status.errors")
        package let totalItems = Field<Int>("status.progress.totalItems")
        package let itemsBackedUp = Field<Int>("status.progress.itemsBackedUp")
        package let backupItemOperationsAttempted = Field<Int>("status.backupItemOperationsAttempted")
        package let backupItemOperationsCompleted = Field<Int>("status.backupItemOperationsCompleted")
        package let backupItemOperationsFailed = Field<Int>("status.backupItemOperationsFailed")
        package let hooksAttempted = Field<Int>("status.hookStatus.hooksAttempted")
        package let hooksFailed = Field<Int>("status.hookStatus.hooksFailed")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: BackupPhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }

    /// Whether the files of every volume are backed up unless its pod opts out; nil leaves it to the server's default.
    package var takesAllVolumes: Bool? { self.defaultVolumesToFsBackup ?? self.defaultVolumesToRestic }
}
