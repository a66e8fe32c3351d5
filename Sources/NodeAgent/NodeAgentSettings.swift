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
    ///
    /// Longer than it takes the server to remove the lock of a process that is gone.
    package var lockPatience: Duration = .seconds(40 * 60)
    /// How long a volume may leave a call unanswered while nothing else of it comes on; a file server may take minutes to fail over.
    package var volumePatience: Duration = .seconds(600)
    /// How long a move that was told to stop may be stuck in a call before it is left to itself; less than a pod is given to end.
    package var stopPatience: Duration = .seconds(20)
    /// The program as snapshots name it, such as `velero 1.0.0`.
    package var programVersion = "velero"

    package init(node: String, namespace: String) {
        self.node = node
        self.namespace = namespace
    }
}
