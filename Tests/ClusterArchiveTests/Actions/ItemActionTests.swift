// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing

@Suite struct ItemActionTests {
    private func related(_ object: KubeObject, accounts: ServiceAccountRoles = .init()) -> [String] {
        var object = object
        return ItemAction.apply(to: &object, backup: "daily", accounts: accounts).map { "\($0.resource) \($0.key)" }
    }

    @Test func `a pod brings its claims and its priority class`() {
        var pod = Pod(name: "web", namespace: "shop")
        pod["spec"] = [
            "priorityClassName": "high",
            "volumes": [
                ["name": "data", "persistentVolumeClaim": ["claimName": "c1"]], ["name": "own", "ephemeral": [:]],
                ["name": "tmp", "emptyDir": [:]],
            ],
        ]
        #expect(
            related(pod.object) == [
                "persistentvolumeclaims shop/c1", "persistentvolumeclaims shop/web-own",
                "priorityclasses.scheduling.k8s.io high",
            ]
        )
    }

    private func claim(_ spec: JSONValue, phase: String = "Bound") -> KubeObject {
        var claim = PersistentVolumeClaim(name: "c1", namespace: "shop")
        claim.metadata.labels = [
            "app": "web", "velero.io/restore-name": "r", "velero.io/backup-name": "older",
            "velero.io/volume-snapshot-name": "s",
        ]
        claim["spec"] = spec
        claim["status", "phase"] = .string(phase)
        return claim.object
    }

    @Test func `a bound claim brings its volume and loses what would keep it from binding again`() {
        var object = claim([
            "volumeName": "pv-1", "storageClassName": "fast", "dataSource": ["kind": "VolumeSnapshot"],
            "dataSourceRef": [:], "selector": ["matchLabels": ["a": "b"]],
        ])
        let related = ItemAction.apply(to: &object, backup: "daily", accounts: .init())
        #expect(related == [RelatedObject("persistentvolumes", ObjectKey(namespace: nil, name: "pv-1"))])
        #expect(object["spec"] == ["volumeName": "pv-1", "storageClassName": "fast"])
        #expect(object.metadata.labels == ["app": "web"])
        var byHand = claim([
            "volumeName": "pv-1", "storageClassName": "",
            "selector": ["matchLabels": ["a": "b", "velero.io/dynamic-pv-restore": "x"]],
        ])
        _ = ItemAction.apply(to: &byHand, backup: "daily", accounts: .init())
        #expect(byHand["spec", "selector"] == ["matchLabels": ["velero.io/dynamic-pv-restore": "x"]])
    }

    @Test func `a claim that is not bound stays as it is`() {
        let object = claim(["dataSource": ["kind": "VolumeSnapshot"]], phase: "Pending")
        var changed = object
        #expect(ItemAction.apply(to: &changed, backup: "daily", accounts: .init()).isEmpty)
        #expect(changed == object)
    }

    @Test func `a service account brings the cluster roles bound to it`() {
        var accounts = ServiceAccountRoles()
        let type = Fixture.type("clusterrolebindings", "rbac.authorization.k8s.io", kind: "ClusterRoleBinding")
        for (name, subjects) in [
            ("mine", [["kind": "ServiceAccount", "namespace": "shop", "name": "web"]]),
            ("others", [["kind": "ServiceAccount", "namespace": "other", "name": "web"]]),
            ("users", [["kind": "User", "name": "web"]]),
        ] as [(String, JSONValue)] {
            var binding = Fixture.object(type, name)
            binding["subjects"] = subjects
            binding["roleRef"] = ["kind": "ClusterRole", "name": "reader"]
            accounts.note(binding)
        }
        let account = Fixture.object(Fixture.type("serviceaccounts", kind: "ServiceAccount"), "web", in: "shop")
        #expect(
            related(account, accounts: accounts) == [
                "clusterrolebindings.rbac.authorization.k8s.io mine", "clusterroles.rbac.authorization.k8s.io reader",
            ]
        )
    }

    @Test func `custom resources bring their definition, built-in kinds of the core none`() {
        #expect(
            ItemAction.definition(of: "widgets.example.org")?.key
                == ObjectKey(namespace: nil, name: "widgets.example.org")
        )
        #expect(ItemAction.definition(of: "pods") == nil && ItemAction.definition(of: "deployments.apps") == nil)
    }
}
