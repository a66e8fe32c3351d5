// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing
import VeleroAPI

@Suite struct BackupFilterTests {
    private func filter(_ spec: JSONValue, policy: ResourcePolicy.Lists = .init()) throws -> BackupFilter {
        try BackupFilter(Fixture.backup(spec), policy: policy, resolve: Fixture.resolve)
    }

    /// What is collected of each kind, in this order.
    private static let kinds = [
        Fixture.pods, Fixture.deployments, Fixture.volumes, Fixture.namespaces, Fixture.nodes, Fixture.definitions,
    ]

    @Test(
        arguments: [
            // Nothing said: all.
            ([:], "pods deployments persistentvolumes namespaces nodes customresourcedefinitions"),
            (
                ["includedNamespaces": ["*"]],
                "pods deployments persistentvolumes namespaces nodes customresourcedefinitions"
            ),
            // Some namespaces: what has no namespace stays out, but the namespaces themselves.
            (["includedNamespaces": ["shop"]], "pods deployments namespaces"),
            (["excludedNamespaces": ["shop"]], "pods deployments namespaces"),
            (
                ["includedNamespaces": ["shop"], "includeClusterResources": true],
                "pods deployments persistentvolumes namespaces nodes customresourcedefinitions"
            ),
            (["includeClusterResources": false], "pods deployments"),
            // Names of every form.
            (["includedResources": ["po", "deploy"]], "pods deployments"),
            (["includedResources": ["deployments.apps"]], "deployments"),
            (
                ["excludedResources": ["pod", "no"]],
                "deployments persistentvolumes namespaces customresourcedefinitions"
            ),
            (["includedResources": ["nonsense"]], ""),
            (["includedResources": ["*"], "includeClusterResources": false], "pods deployments"),
            // The newer lists.
            (["includedNamespaceScopedResources": ["po"]], "pods namespaces"),
            (["excludedNamespaceScopedResources": ["po"]], "deployments namespaces"),
            (["includedClusterScopedResources": ["pv"]], "pods deployments persistentvolumes namespaces"),
            (
                ["includedNamespaces": ["shop"], "includedClusterScopedResources": ["*"]],
                "pods deployments persistentvolumes namespaces nodes customresourcedefinitions"
            ),
            (["excludedClusterScopedResources": ["nodes"]], "pods deployments namespaces"),
            (["excludedClusterScopedResources": ["*"]], "pods deployments"),
            (["excludedNamespaceScopedResources": ["*"]], "namespaces"),
        ] as [(JSONValue, String)]
    )
    func `kinds are collected by the lists`(spec: JSONValue, expected: String) throws {
        let filter = try filter(spec)
        #expect(Self.kinds.filter(filter.collects).map(\.plural).joined(separator: " ") == expected)
    }

    @Test func `what another object needs comes along unless it is left out`() throws {
        let restricted = try filter(["includedNamespaces": ["shop"], "includedResources": ["pods"]])
        let volume = Fixture.object(Fixture.volumes, "pv-1")
        #expect(restricted.refusal(of: volume, Fixture.volumes, isAlong: true) == nil)
        let claim = Fixture.object(Fixture.claims, "data", in: "shop")
        #expect(restricted.refusal(of: claim, Fixture.claims, isAlong: true) == .resourceLeftOut)
        let none = try filter(["includeClusterResources": false])
        #expect(none.refusal(of: volume, Fixture.volumes, isAlong: true) == .resourceLeftOut)
        let left = try filter(["excludedClusterScopedResources": ["pv"]])
        #expect(left.refusal(of: volume, Fixture.volumes, isAlong: true) == .resourceLeftOut)
        let elsewhere = Fixture.object(Fixture.pods, "p", in: "other")
        #expect(restricted.refusal(of: elsewhere, Fixture.pods, isAlong: true) == .namespaceLeftOut)
    }

    @Test func `the label of exclusion and a deletion under way keep an object out`() throws {
        let filter = try filter([:])
        let labelled = Fixture.object(Fixture.pods, "p", in: "a", labels: ["velero.io/exclude-from-backup": "true"])
        #expect(filter.refusal(of: labelled, Fixture.pods, isAlong: false) == .excludedByLabel)
        let other = Fixture.object(Fixture.pods, "p", in: "a", labels: ["velero.io/exclude-from-backup": "false"])
        #expect(filter.refusal(of: other, Fixture.pods, isAlong: false) == nil)
        var going = Fixture.object(Fixture.pods, "p", in: "a")
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(filter.refusal(of: going, Fixture.pods, isAlong: false) == .beingDeleted)
    }

    @Test func `snapshots are never taken for themselves`() throws {
        let type = Fixture.type("volumesnapshots", "snapshot.storage.k8s.io")
        #expect(try !filter([:]).collects(type))
        #expect(try !filter(["includedResources": ["volumesnapshots", "pods"]]).collects(type))
        #expect(
            try !filter(["includedNamespaceScopedResources": ["volumesnapshots.snapshot.storage.k8s.io"]]).collects(
                type
            )
        )
    }

    @Test func `collections are asked for once per namespace and selector`() throws {
        let all = try filter(["excludedNamespaces": ["b"]])
        #expect(all.requests(Fixture.pods, existing: ["a", "b"]).map(\.namespace) == [nil])
        let some = try filter(["includedNamespaces": ["a", "app-*", "gone"], "excludedNamespaces": ["app-2"]])
        let existing = ["a", "app-1", "app-2", "c"]
        #expect(some.requests(Fixture.pods, existing: existing).map(\.namespace) == ["a", "app-1"])
        #expect(some.requests(Fixture.nodes, existing: existing).map(\.namespace) == [nil])
        #expect(some.missingNamespaces(existing: existing) == ["gone"])
        let selected = try filter(["labelSelector": ["matchLabels": ["app": "web"]]])
        #expect(selected.requests(Fixture.pods, existing: []).map(\.selector.description) == ["app=web"])
        let either = try filter([
            "orLabelSelectors": [
                ["matchLabels": ["a": "1"]], ["matchExpressions": [["key": "b", "operator": "Exists"]]],
            ]
        ])
        #expect(either.requests(Fixture.pods, existing: []).map(\.selector.description) == ["a=1", "b"])
    }

    @Test(
        arguments: [
            ([:], "labelled plain"), (["includedNamespaces": ["plain"]], "plain"),
            (["labelSelector": ["matchLabels": ["app": "web"]]], "labelled"),
            (["labelSelector": ["matchLabels": ["app": "web"]], "includedNamespaces": ["plain"]], "labelled plain"),
            (["excludedNamespaces": ["plain"]], "labelled"),
        ] as [(JSONValue, String)]
    )
    func `namespaces are chosen by label or by name`(spec: JSONValue, expected: String) throws {
        let filter = try filter(spec)
        let namespaces = [
            Fixture.object(Fixture.namespaces, "labelled", labels: ["app": "web"]),
            Fixture.object(Fixture.namespaces, "plain"),
        ]
        let taken = namespaces.filter { filter.takesNamespace($0, isActive: true) }.compactMap(\.metadata.name)
        #expect(taken.joined(separator: " ") == expected)
        #expect(!namespaces.contains { filter.takesNamespace($0, isActive: false) })
    }

    @Test func `definitions come along when nobody said anything about them`() throws {
        #expect(try filter(["includedNamespaces": ["shop"]]).takesDefinitions(Fixture.definitions))
        #expect(try !filter([:]).takesDefinitions(Fixture.definitions), "they are collected anyway")
        #expect(try !filter(["excludedResources": ["crd"]]).takesDefinitions(Fixture.definitions))
        #expect(try !filter(["includeClusterResources": false]).takesDefinitions(Fixture.definitions))
    }

    @Test func `the policy's lists count where the backup has none`() throws {
        let policy = try ResourcePolicy([
            "version": "v1", "includeExcludePolicy": ["excludedNamespaceScopedResources": ["pods"]],
        ])
        #expect(try !filter([:], policy: policy.lists).collects(Fixture.pods))
        let own = try filter(["excludedNamespaceScopedResources": ["deploy"]], policy: policy.lists)
        #expect(own.collects(Fixture.pods) && !own.collects(Fixture.deployments))
    }
}
