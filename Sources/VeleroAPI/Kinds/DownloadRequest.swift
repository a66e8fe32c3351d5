// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Asks the server for a URL from which a file of the object storage can be fetched.
package struct DownloadRequest: VeleroResource {
    package static let resourceType = ResourceType.velero("DownloadRequest", "downloadrequests")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        package let targetKind = Field<DownloadTargetKind>("spec.target.kind")
        package let targetName = Field<String>("spec.target.name")
        /// As stored; ``DownloadRequest/phase`` knows what an empty one means.
        package let statusPhase = Field<RequestPhase>("status.phase")
        package let downloadURL = Field<String>("status.downloadURL")
        package let expiration = Field<KubeTime>("status.expiration")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: RequestPhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }
}
