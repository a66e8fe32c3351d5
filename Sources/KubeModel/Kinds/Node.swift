// SPDX-License-Identifier: Apache-2.0

/// A machine of the cluster.
package struct Node: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "Node",
        plural: "nodes",
        isNamespaced: false
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// Whether its kubelet reports it as ready.
    package var isReady: Bool {
        (object["status", "conditions"]?.array ?? []).contains {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        }
    }

    /// `linux` or `windows`.
    package var operatingSystem: String? { metadata[label: "kubernetes.io/os"] }
}

/// A space of names.
package struct Namespace: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "Namespace",
        plural: "namespaces",
        isNamespaced: false
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// `Active` or `Terminating`.
    package var phase: String { object["status", "phase"]?.string ?? "" }
}
