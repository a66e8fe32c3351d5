// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// The kinds an installation is made of, as the API server calls them.
enum InstalledKinds {
    static let namespace = ResourceType(
        group: "",
        version: "v1",
        kind: "Namespace",
        plural: "namespaces",
        isNamespaced: false
    )
    static let serviceAccount = ResourceType(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        isNamespaced: true
    )
    static let role = access("Role", "roles", isNamespaced: true)
    static let roleBinding = access("RoleBinding", "rolebindings", isNamespaced: true)
    static let clusterRole = access("ClusterRole", "clusterroles", isNamespaced: false)
    static let clusterRoleBinding = access("ClusterRoleBinding", "clusterrolebindings", isNamespaced: false)
    static let deployment = workload("Deployment", "deployments")
    static let daemonSet = workload("DaemonSet", "daemonsets")
    static let definition = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )

    private static func access(_ kind: String, _ plural: String, isNamespaced: Bool) -> ResourceType {
        ResourceType(
            group: "rbac.authorization.k8s.io",
            version: "v1",
            kind: kind,
            plural: plural,
            isNamespaced: isNamespaced
        )
    }

    private static func workload(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "apps", version: "v1", kind: kind, plural: plural, isNamespaced: true)
    }

    private static let all = [
        namespace, serviceAccount, role, roleBinding, clusterRole, clusterRoleBinding, deployment, daemonSet,
        definition,
        Secret.resourceType, BackupStorageLocation.resourceType,
    ]

    /// The type of an object that an installation makes.
    static func type(of object: KubeObject) -> ResourceType? { all.first { $0.gvk == object.gvk } }
}
