// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What volume policies ask about a volume.
package struct VolumeFacts: Sendable, Hashable {
    /// Nil if nobody knows.
    package var capacity: Quantity?
    package var storageClass = ""
    /// What the volume is made of, such as `nfs` or `csi`; empty if nobody knows.
    package var kind = ""
    /// The members of that source.
    package var source = JSONValue.null
    package var claimLabels: [String: String] = [:]
    /// Empty if there is no claim.
    package var claimPhase = ""

    /// A persistent volume and the claim bound to it; either may be missing.
    package init(_ volume: PersistentVolume?, claim: PersistentVolumeClaim?) {
        capacity = volume?.capacity
        storageClass = volume?.storageClassName ?? claim?.storageClassName ?? ""
        if let spec = volume?.object["spec"]?.object { note(spec) }
        claimLabels = claim?.metadata.labels ?? [:]
        claimPhase = claim?.phase ?? ""
    }

    /// A volume of a pod that is no claim.
    package init(_ volume: Pod.Volume) {
        if let members = volume.json.object { note(members) }
        if kind.isEmpty { kind = "emptyDir" }
    }

    private mutating func note(_ members: JSONObject) {
        for (name, value) in members where Self.kinds.contains(name) && value.object != nil {
            kind = name
            source = value
        }
    }

    /// Sources that volumes can have.
    static let kinds: Set<String> = [
        "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "configMap", "csi", "downwardAPI",
        "emptyDir",
        "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "iscsi",
        "local",
        "nfs", "photonPersistentDisk", "portworxVolume", "projected", "quobyte", "rbd", "scaleIO", "secret",
        "storageos",
        "vsphereVolume",
    ]
}
