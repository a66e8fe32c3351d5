// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A backup of the data of a volume's snapshot; read here, not carried out.
package struct DataUpload: VeleroResource {
    package static let resourceType = ResourceType.velero("DataUpload", "datauploads", version: "v2alpha1")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: VolumeMovementFields {
        package let snapshotType = Field<String>("spec.snapshotType")
        package let volumeSnapshot = Field<String>("spec.csiSnapshot.volumeSnapshot")
        package let sourcePVC = Field<String>("spec.sourcePVC")
        package let dataMover = Field<String>("spec.datamover")
        package let backupStorageLocation = Field<String>("spec.backupStorageLocation")
        package let sourceNamespace = Field<String>("spec.sourceNamespace")
        package let dataMoverConfig = Field<[String: String]>("spec.dataMoverConfig")
        package let cancel = Field<Bool>("spec.cancel")
        package let operationTimeout = Field<GoDuration>("spec.operationTimeout")
        package let path = Field<String>("status.path")
        package let snapshotID = Field<String>("status.snapshotID")
        package let dataMoverResult = Field<[String: String]>("status.dataMoverResult")
        package let incrementalBytes = Field<Int>("status.incrementalBytes")
        package let nodeOS = Field<String>("status.nodeOS")
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
