// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing

@Suite struct VolumePolicyTests {
    private func facts(_ spec: JSONValue, labels: JSONValue = [:], phase: String = "Bound") -> VolumeFacts {
        var volume = PersistentVolume(name: "pv-1")
        volume["spec"] = spec
        var claim = PersistentVolumeClaim(name: "data", namespace: "shop")
        claim["metadata", "labels"] = labels
        claim["status"] = ["phase": .string(phase)]
        return VolumeFacts(volume, claim: claim)
    }

    private static let nfs: JSONValue = [
        "capacity": ["storage": "10Gi"], "storageClassName": "fast", "nfs": ["server": "s1", "path": "/a"],
    ]
    private static let csi: JSONValue = [
        "capacity": ["storage": "100Gi"],
        "csi": ["driver": "ebs.csi.aws.com", "volumeAttributes": ["a": "1", "b": "2"]],
    ]

    @Test(
        arguments: [
            (["capacity": "5Gi,10Gi"], nfs, true), (["capacity": "11Gi,20Gi"], nfs, false),
            (["capacity": ",10Gi"], nfs, true),
            (["capacity": "10Gi,"], nfs, true), (["capacity": ",100Gi"], ["nfs": [:]], false),
            (["storageClass": ["slow", "fast"]], nfs, true), (["storageClass": ["slow"]], nfs, false),
            (["nfs": [:]], nfs, true), (["nfs": [:]], csi, false), (["nfs": ["server": "s1"]], nfs, true),
            (["nfs": ["server": "s1", "path": "/b"]], nfs, false),
            (["csi": [:]], csi, true), (["csi": ["driver": "other"]], csi, false),
            (["csi": ["driver": "ebs.csi.aws.com", "volumeAttributes": ["a": "1"]]], csi, true),
            (["csi": ["volumeAttributes": ["a": "2"]]], csi, false),
            (["volumeTypes": ["emptyDir", "nfs"]], nfs, true), (["volumeTypes": ["csi"]], nfs, false),
            (["pvcLabels": ["tier": "db"]], nfs, true), (["pvcLabels": ["tier": "web"]], nfs, false),
            (["pvcPhase": ["Bound"]], nfs, true), (["pvcPhase": ["Pending"]], nfs, false),
            (["nfs": [:], "storageClass": ["slow"]], nfs, false), ([:], csi, true),
        ] as [(JSONValue, JSONValue, Bool)]
    )
    func `a rule holds when all its conditions do`(conditions: JSONValue, spec: JSONValue, expected: Bool) throws {
        let policy = try ResourcePolicy([
            "version": "v1", "volumePolicies": [["conditions": conditions, "action": ["type": "skip"]]],
        ])
        #expect((policy.action(for: facts(spec, labels: ["tier": "db"])) == .skip) == expected)
    }

    @Test func `the first rule that holds decides`() throws {
        let policy = try ResourcePolicy([
            "version": "v1",
            "volumePolicies": [
                ["conditions": ["nfs": [:]], "action": ["type": "fs-backup"]],
                ["conditions": [:], "action": ["type": "skip"]],
            ],
        ])
        #expect(policy.action(for: facts(Self.nfs)) == .filesystemBackup)
        #expect(policy.action(for: facts(Self.csi)) == .skip)
    }

    @Test(
        arguments: [
            [:], ["version": "v2"], ["version": "v1", "volumePolices": []],
            ["version": "v1", "volumePolicies": [["conditions": [:], "action": ["type": "drop"]]]],
            ["version": "v1", "volumePolicies": [["conditions": ["colour": "red"], "action": ["type": "skip"]]]],
            ["version": "v1", "volumePolicies": [["conditions": ["capacity": "10Gi"], "action": ["type": "skip"]]]],
            [
                "version": "v1",
                "volumePolicies": [["conditions": ["capacity": "9Gi,1Gi"], "action": ["type": "skip"]]],
            ],
            ["version": "v1", "volumePolicies": [["conditions": ["nfs": ["host": "a"]], "action": ["type": "skip"]]]],
            ["version": "v1", "includeExcludePolicy": ["excludedNamespaceScopedResources": ["*"]]],
        ] as [JSONValue]
    )
    func `what is not understood is refused`(document: JSONValue) {
        #expect(throws: PolicyError.self) { try ResourcePolicy(document) }
    }

    @Test func `a policy's rules win over annotations, which win where no rule holds`() throws {
        var pod = Pod(name: "web", namespace: "shop")
        pod["spec", "volumes"] = [
            ["name": "cache", "emptyDir": [:]], ["name": "share", "nfs": ["server": "s1", "path": "/a"]],
            ["name": "data", "persistentVolumeClaim": ["claimName": "data"]], ["name": "conf", "configMap": [:]],
        ]
        pod.metadata.annotations = ["backup.velero.io/backup-volumes": "cache"]
        let policy = try ResourcePolicy([
            "version": "v1",
            "volumePolicies": [
                ["conditions": ["nfs": [:]], "action": ["type": "fs-backup"]],
                ["conditions": ["volumeTypes": ["csi"]], "action": ["type": "snapshot"]],
                ["conditions": ["volumeTypes": ["configMap"]], "action": ["type": "fs-backup"]],
            ],
        ])
        func select(takesAll: Bool) -> VolumeSelection {
            VolumeSelection(pod, takesAll: takesAll, includesClaims: true, policy: policy) { volume in
                volume.claimName == nil ? VolumeFacts(volume) : facts(Self.csi)
            }
        }
        #expect(select(takesAll: false).chosen == ["cache", "share"])
        #expect(select(takesAll: true).chosen == ["cache", "share"])
        #expect(
            select(takesAll: true).leftOut == ["data": "matched action is 'snapshot' in chosen resource policies"]
        )
    }
}
