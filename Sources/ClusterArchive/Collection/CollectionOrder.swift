// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// The order in which kinds are collected.
package enum CollectionOrder {
    /// Kinds that exist in two groups for the same objects; only the first met is taken.
    private static let cohabitating: [String: Set<String>] = [
        "deployments": ["extensions", "apps"], "daemonsets": ["extensions", "apps"],
        "replicasets": ["extensions", "apps"],
        "networkpolicies": ["extensions", "networking.k8s.io"], "events": ["", "events.k8s.io"],
    ]
    private static let first = ["pods", "persistentvolumeclaims", "persistentvolumes"]

    /// Pods and what their volumes are made of, then the server's order with the group `extensions` last.
    ///
    /// - Parameter types: One version of each kind, in the server's order.
    package static func sorted(_ types: [ResourceType]) -> [ResourceType] {
        var core: [ResourceType] = []
        var others: [ResourceType] = []
        var last: [ResourceType] = []
        for type in types {
            switch type.group {
            case "": core.append(type)
            case "extensions": last.append(type)
            default: others.append(type)
            }
        }
        let early = first.compactMap { name in core.first { $0.plural == name } }
        core.removeAll { first.contains($0.plural) }
        var met: Set<String> = []
        return (early + core + others + last).filter { type in
            guard cohabitating[type.plural]?.contains(type.group) == true else { return true }
            return met.insert(type.plural).inserted
        }
    }
}
