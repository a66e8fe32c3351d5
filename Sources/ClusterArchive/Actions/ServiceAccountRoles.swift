// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which ClusterRoleBindings name a service account, and which ClusterRoles they give it.
package struct ServiceAccountRoles: Sendable, Hashable {
    private var related: [ObjectKey: [RelatedObject]] = [:]

    package static let bindings = "clusterrolebindings.rbac.authorization.k8s.io"
    private static let roles = "clusterroles.rbac.authorization.k8s.io"

    package init() {}

    /// Learns a ClusterRoleBinding.
    package mutating func note(_ binding: KubeObject) {
        guard let name = binding.metadata.name else { return }
        for subject in binding["subjects"]?.array ?? [] {
            guard subject["kind"]?.string == "ServiceAccount", let account = subject["name"]?.string,
                let namespace = subject["namespace"]?.string
            else { continue }
            let key = ObjectKey(namespace: namespace, name: account)
            add(RelatedObject(Self.bindings, ObjectKey(namespace: nil, name: name)), to: key)
            if binding["roleRef", "kind"]?.string == "ClusterRole", let role = binding["roleRef", "name"]?.string {
                add(RelatedObject(Self.roles, ObjectKey(namespace: nil, name: role)), to: key)
            }
        }
    }

    private mutating func add(_ object: RelatedObject, to key: ObjectKey) {
        if related[key]?.contains(object) != true { related[key, default: []].append(object) }
    }

    /// Bindings and roles of an account.
    package func related(to account: ObjectKey) -> [RelatedObject] { related[account] ?? [] }
}
