// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// The repository of one namespace's volumes in one storage location, as Velero up to 1.9 keeps it.
package struct ResticRepository: VeleroResource {
    package static let resourceType = ResourceType.velero("ResticRepository", "resticrepositories")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: RepositoryFields {
        package let volumeNamespace = Field<String>("spec.volumeNamespace")
        package let backupStorageLocation = Field<String>("spec.backupStorageLocation")
        package let resticIdentifier = Field<String>("spec.resticIdentifier")
        package let maintenanceFrequency = Field<GoDuration>("spec.maintenanceFrequency")
        /// As stored; `phase` knows what an empty one means.
        package let statusPhase = Field<RepositoryPhase>("status.phase")
        package let message = Field<String>("status.message")
        package let lastMaintenanceTime = Field<KubeTime>("status.lastMaintenanceTime")
    }
}
