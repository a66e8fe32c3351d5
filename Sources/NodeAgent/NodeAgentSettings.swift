// SPDX-License-Identifier: Apache-2.0

package import VeleroAPI

/// What a node agent is told at its start.
package struct NodeAgentSettings: Sendable {
    /// The node it works on.
    package var node: String
    /// Velero's namespace, where the resources are.
    package var namespace: String
    /// Where the kubelet's directory of pods is mounted; absolute.
    package var podsDirectory = "/host_pods"
    package var configuration = NodeAgentConfiguration()
    /// Processors this process may use.
    package var workerCount = 2
    /// What all volumes moved at once may take together, in bytes, beside the indexes of their repositories.
    package var memoryByteCount = 160 << 20
    /// Between two reports on how far a volume is.
    package var progressInterval: Duration = .seconds(5)
    /// How long to wait for a repository that somebody else has locked exclusively, such as for maintenance.
    package var lockPatience: Duration = .seconds(15 * 60)
    /// The program as snapshots name it, such as `velero 1.0.0`.
    package var programVersion = "velero"

    package init(node: String, namespace: String) {
        self.node = node
        self.namespace = namespace
    }
}
