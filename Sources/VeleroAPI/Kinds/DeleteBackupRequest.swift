// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Asks the server to delete a backup with everything that belongs to it.
package struct DeleteBackupRequest: VeleroResource {
    package static let resourceType = ResourceType.velero("DeleteBackupRequest", "deletebackuprequests")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        package let backupName = Field<String>("spec.backupName")
        /// As stored; ``DeleteBackupRequest/phase`` knows what an empty one means.
        package let statusPhase = Field<RequestPhase>("status.phase")
        package let errors = Field<[String]>("status.errors")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: RequestPhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }
}
