// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A place that snapshots of volumes are kept in.
package struct VolumeSnapshotLocation: VeleroResource {
    package static let resourceType = ResourceType.velero("VolumeSnapshotLocation", "volumesnapshotlocations")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        package let provider = Field<String>("spec.provider")
        package let config = Field<[String: String]>("spec.config")
        package let credentialName = Field<String>("spec.credential.name")
        package let credentialKey = Field<String>("spec.credential.key")
        package let phase = Field<LocationPhase>("status.phase")
    }
}
