// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A backup of the files of one volume of a pod.
package struct PodVolumeBackup: VeleroResource {
    package static let resourceType = ResourceType.velero("PodVolumeBackup", "podvolumebackups")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: PodVolumeFields {
        package let node = Field<String>("spec.node")
        package let podNamespace = Field<String>("spec.pod.namespace")
        package let podName = Field<String>("spec.pod.name")
        package let podUID = Field<String>("spec.pod.uid")
        package let volume = Field<String>("spec.volume")
        package let backupStorageLocation = Field<String>("spec.backupStorageLocation")
        package let repoIdentifier = Field<String>("spec.repoIdentifier")
        package let uploaderType = Field<RepositoryType>("spec.uploaderType")
        package let tags = Field<[String: String]>("spec.tags")
        package let uploaderSettings = Field<[String: String]>("spec.uploaderSettings")
        package let cancel = Field<Bool>("spec.cancel")
        /// As stored; `phase` knows what an empty one means.
        package let statusPhase = Field<PodVolumePhase>("status.phase")
        package let path = Field<String>("status.path")
        package let snapshotID = Field<String>("status.snapshotID")
        package let message = Field<String>("status.message")
        package let startTimestamp = Field<KubeTime>("status.startTimestamp")
        package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
        package let totalBytes = Field<Int>("status.progress.totalBytes")
        package let bytesDone = Field<Int>("status.progress.bytesDone")
        package let totalFiles = Field<Int>("status.progress.totalFiles")
        package let filesDone = Field<Int>("status.progress.filesDone")
        package let incrementalBytes = Field<Int>("status.incrementalBytes")
        package let acceptedTimestamp = Field<KubeTime>("status.acceptedTimestamp")
        /// Digest over everything in the volume; this project's own field.
        package let volumeDigest = Field<String>("status.volumeDigest")
    }
}
