// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A restore of a backup's objects and volumes.
package struct Restore: VeleroResource {
    package static let resourceType = ResourceType.velero("Restore", "restores")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        package let backupName = Field<String>("spec.backupName")
        package let scheduleName = Field<String>("spec.scheduleName")
        package let includedNamespaces = Field<[String]>("spec.includedNamespaces")
        package let excludedNamespaces = Field<[String]>("spec.excludedNamespaces")
        package let includedResources = Field<[String]>("spec.includedResources")
        package let excludedResources = Field<[String]>("spec.excludedResources")
        package let namespaceMapping = Field<[String: String]>("spec.namespaceMapping")
        package let labelSelector = Field<JSONObject>("spec.labelSelector")
        package let orLabelSelectors = Field<[JSONObject]>("spec.orLabelSelectors")
        package let restorePVs = Field<Bool>("spec.restorePVs")
        package let preserveNodePorts = Field<Bool>("spec.preserveNodePorts")
        package let includeClusterResources = Field<Bool>("spec.includeClusterResources")
        package let restoreStatusIncludedResources = Field<[String]>("spec.restoreStatus.includedResources")
        package let restoreStatusExcludedResources = Field<[String]>("spec.restoreStatus.excludedResources")
        package let existingResourcePolicy = Field<String>("spec.existingResourcePolicy")
        package let hooks = Field<[JSONObject]>("spec.hooks.resources")
        package let itemOperationTimeout = Field<GoDuration>("spec.itemOperationTimeout")
        package let resourceModifierKind = Field<String>("spec.resourceModifier.kind")
        package let resourceModifierName = Field<String>("spec.resourceModifier.name")
        package let writeSparseFiles = Field<Bool>("spec.uploaderConfig.writeSparseFiles")
        package let parallelFilesDownload = Field<Int>("spec.uploaderConfig.parallelFilesDownload")
        /// As stored; ``Restore/phase`` knows what an empty one means.
        package let statusPhase = Field<RestorePhase>("status.phase")
        package let validationErrors = Field<[String]>("status.validationErrors")
        package let warnings = Field<Int>("status.warnings")
        package let errors = Field<Int>("status.errors")
        package let failureReason = Field<String>("status.failureReason")
        package let startTimestamp = Field<KubeTime>("status.startTimestamp")
        package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
        package let totalItems = Field<Int>("status.progress.totalItems")
        package let itemsRestored = Field<Int>("status.progress.itemsRestored")
        package let restoreItemOperationsAttempted = Field<Int>("status.restoreItemOperationsAttempted")
        package let restoreItemOperationsCompleted = Field<Int>("status.restoreItemOperationsCompleted")
        package let restoreItemOperationsFailed = Field<Int>("status.restoreItemOperationsFailed")
        package let hooksAttempted = Field<Int>("status.hookStatus.hooksAttempted")
        package let hooksFailed = Field<Int>("status.hookStatus.hooksFailed")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: RestorePhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }
}
