// SPDX-License-Identifier: Apache-2.0

/// A piece of storage of the cluster.
package struct PersistentVolume: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "PersistentVolume",
        plural: "persistentvolumes",
        isNamespaced: false
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package var capacity: Quantity? { object["spec", "capacity", "storage"]?.string.flatMap(Quantity.init(parsing:)) }
    package var storageClassName: String { object["spec", "storageClassName"]?.string ?? "" }
    package var phase: String { object["status", "phase"]?.string ?? "" }
    /// What happens when the claim is deleted: `Retain`, `Delete` or `Recycle`.
    package var reclaimPolicy: String { object["spec", "persistentVolumeReclaimPolicy"]?.string ?? "" }
    /// Namespace and name of the claim it is bound to.
    package var claim: ObjectKey? {
        guard let claim = object["spec", "claimRef"], let name = claim["name"]?.string else { return nil }
        return ObjectKey(namespace: claim["namespace"]?.string, name: name)
    }
    /// The driver, if the volume is served by the Container Storage Interface.
    package var csiDriver: String? { object["spec", "csi", "driver"]?.string }
    /// Whether the volume is the source named, such as `hostPath`, `nfs` or `local`.
    package func isSource(_ name: String) -> Bool { !(object["spec", name]?.isNull ?? true) }
}

/// A request for storage, and the storage it got.
package struct PersistentVolumeClaim: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// The volume it is bound to; nil before that.
    package var volumeName: String? { object["spec", "volumeName"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    package var storageClassName: String? { object["spec", "storageClassName"]?.string }
    package var phase: String { object["status", "phase"]?.string ?? "" }
    package var requestedStorage: Quantity? {
        object["spec", "resources", "requests", "storage"]?.string.flatMap(Quantity.init(parsing:))
    }
    /// `Filesystem` or `Block`.
    package var volumeMode: String { object["spec", "volumeMode"]?.string ?? "Filesystem" }
}
