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

    package init(node: String, namespace: String) {
        self.node = node
        self.namespace = namespace
    }
}
