// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// Objects for tests.
enum Fixture {
    static func type(_ plural: String, _ group: String = "", kind: String = "", isNamespaced: Bool = true)
        -> ResourceType
    {
        ResourceType(group: group, version: "v1", kind: kind, plural: plural, isNamespaced: isNamespaced)
    }

    static let pods = type("pods", kind: "Pod")
    static let claims = type("persistentvolumeclaims", kind: "PersistentVolumeClaim")
    static let volumes = type("persistentvolumes", kind: "PersistentVolume", isNamespaced: false)
    static let namespaces = type("namespaces", kind: "Namespace", isNamespaced: false)
    static let nodes = type("nodes", kind: "Node", isNamespaced: false)
    static let deployments = type("deployments", "apps", kind: "Deployment")
    static let definitions = type(
        "customresourcedefinitions",
        "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        isNamespaced: false
    )

    /// A cluster that knows a few kinds by several names.
    static func resolve(_ name: String) -> String? {
        let names = [
            "po": "pods", "pod": "pods", "pods": "pods", "pvc": "persistentvolumeclaims",
            "persistentvolumeclaims": "persistentvolumeclaims", "pv": "persistentvolumes",
            "persistentvolumes": "persistentvolumes",
            "deploy": "deployments.apps", "deployments": "deployments.apps", "deployments.apps": "deployments.apps",
            "ns": "namespaces", "namespaces": "namespaces", "nodes": "nodes", "no": "nodes",
            "crd": "customresourcedefinitions.apiextensions.k8s.io",
            "volumesnapshots": "volumesnapshots.snapshot.storage.k8s.io",
        ]
        return names[name]
    }

    static func backup(_ spec: JSONValue = [:]) -> Backup {
        var backup = Backup(name: "daily", namespace: "velero")
        backup["spec"] = spec
        return backup
    }

    static func object(
        _ type: ResourceType,
        _ name: String,
        in namespace: String? = nil,
        labels: [String: String] = [:]
    ) -> KubeObject {
        var object = KubeObject(type, name: name, namespace: namespace)
        object.metadata.labels = labels
        return object
    }
}
