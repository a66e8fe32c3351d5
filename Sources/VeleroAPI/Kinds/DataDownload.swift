// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A restore of the data of a volume's snapshot; read here, not carried out.
package struct DataDownload: VeleroResource {
    package static let resourceType = ResourceType.velero("DataDownload", "datadownloads", version: "v2alpha1")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: VolumeMovementFields {
        package let targetClaim = Field<String>("spec.targetVolume.pvc")
        package let targetVolume = Field<String>("spec.targetVolume.pv")
        package let targetNamespace = Field<String>("spec.targetVolume.namespace")
        package let dataMover = Field<String>("spec.datamover")
        package let backupStorageLocation = Field<String>("spec.backupStorageLocation")
        package let snapshotID = Field<String>("spec.snapshotID")
        package let sourceNamespace = Field<String>("spec.sourceNamespace")
        package let dataMoverConfig = Field<[String: String]>("spec.dataMoverConfig")
        package let cancel = Field<Bool>("spec.cancel")
        package let operationTimeout = Field<GoDuration>("spec.operationTimeout")
        package let nodeOS = Field<String>("spec.nodeOS")
        package let snapshotSize = Field<Int>("spec.snapshotSize")
        /// As stored; `phase` knows what an empty one means.
        package let statusPhase = Field<PodVolumePhase>("status.phase")
        package let message = Field<String>("status.message")
        package let startTimestamp = Field<KubeTime>("status.startTimestamp")
        package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
        package let totalBytes = Field<Int>("status.progress.totalBytes")
        package let bytesDone = Field<Int>("status.progress.bytesDone")
        package let node = Field<String>("status.node")
        package let acceptedByNode = Field<String>("status.acceptedByNode")
        package let acceptedTimestamp = Field<KubeTime>("status.acceptedTimestamp")
    }
}
