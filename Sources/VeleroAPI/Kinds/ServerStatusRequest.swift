// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Asks the server for its version and plugins.
package struct ServerStatusRequest: VeleroResource {
    package static let resourceType = ResourceType.velero("ServerStatusRequest", "serverstatusrequests")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        /// As stored; ``ServerStatusRequest/phase`` knows what an empty one means.
        package let statusPhase = Field<RequestPhase>("status.phase")
        package let processedTimestamp = Field<KubeTime>("status.processedTimestamp")
        package let serverVersion = Field<String>("status.serverVersion")
        package let plugins = Field<[JSONObject]>("status.plugins")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: RequestPhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }
}
