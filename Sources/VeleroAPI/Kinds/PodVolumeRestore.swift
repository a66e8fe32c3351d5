// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A restore of the files of one volume of a pod.
package struct PodVolumeRestore: VeleroResource {
    package static let resourceType = ResourceType.velero("PodVolumeRestore", "podvolumerestores")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: PodVolumeFields {
        package let podNamespace = Field<String>("spec.pod.namespace")
        package let podName = Field<String>("spec.pod.name")
        package let podUID = Field<String>("spec.pod.uid")
        package let volume = Field<String>("spec.volume")
        package let backupStorageLocation = Field<String>("spec.backupStorageLocation")
        package let repoIdentifier = Field<String>("spec.repoIdentifier")
        package let snapshotID = Field<String>("spec.snapshotID")
        package let sourceNamespace = Field<String>("spec.sourceNamespace")
        package let uploaderType = Field<RepositoryType>("spec.uploaderType")
        package let uploaderSettings = Field<[String: String]>("spec.uploaderSettings")
        package let cancel = Field<Bool>("spec.cancel")
        package let snapshotSize = Field<Int>("spec.snapshotSize")
        /// As stored; `phase` knows what an empty one means.
        package let statusPhase = Field<PodVolumePhase>("status.phase")
        package let message = Field<String>("status.message")
        package let startTimestamp = Field<KubeTime>("status.startTimestamp")
        package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
        package let totalBytes = Field<Int>("status.progress.totalBytes")
        package let bytesDone = Field<Int>("status.progress.bytesDone")
        package let totalFiles = Field<Int>("status.progress.totalFiles")
        package let filesDone = Field<Int>("status.progress.filesDone")
        package let acceptedTimestamp = Field<KubeTime>("status.acceptedTimestamp")
        package let node = Field<String>("status.node")
    }

    /// The namespace whose repository holds the snapshot; Velero up to 1.9 does not tell it, and means the pod's own.
    package var repositoryNamespace: String {
        self.sourceNamespace.flatMap { $0.isEmpty ? nil : $0 } ?? self.podNamespace ?? ""
    }

    /// The uid of the Restore it belongs to, by which the waiting container knows it; nil if nothing controls it.
    package var restoreUID: String? { metadata.controller?.uid }
}
