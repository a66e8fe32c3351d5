// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import KubeModel
import KubeRuntime
import TestSupport
import Testing
import VeleroAPI

@testable import KubeClient
@testable import LocationAccess

@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct RepositoryResourcesTests {
    private let shop = RepositoryKey(namespace: "shop", location: "default")

    private func following(
        _ cluster: VeleroNamespace,
        waitLimit: Duration = .seconds(60),
        _ body: (RepositoryResources) async throws -> Void
    ) async throws {
        let resources = RepositoryResources(client: cluster.client, namespace: cluster.namespace, waitLimit: waitLimit)
        let running = Task { try await resources.run() }
        defer { running.cancel() }
        try await body(resources)
    }

    private func setPhase(_ cluster: VeleroNamespace, _ name: String, _ phase: String, _ message: String) async throws {
        let key = ObjectKey(namespace: cluster.namespace, name: name)
        let status: JSONValue = ["status": ["phase": .string(phase), "message": .string(message)]]
        _ = try await cluster.client.patch(BackupRepository.self, key, .merge(status))
    }

    @Test func `the resource is made with Velero's labels, and awaited`() async throws {
        try await VeleroNamespace.with("made") { cluster in
            try await following(cluster) { resources in
                try await resources.ensure(shop)
                try await resources.ensure(shop)
                let all = try await cluster.client.list(BackupRepository.self, namespace: cluster.namespace)
                let made = try #require(all.first)
                #expect(all.count == 1 && made.name == "shop-default-restic")
                #expect(
                    made.metadata.labels == [
                        "velero.io/volume-namespace": "shop", "velero.io/storage-location": "default",
                        "velero.io/repository-type": "restic",
                    ]
                )
                async let ready: Void = resources.ready(shop)
                try await setPhase(cluster, made.name, "Ready", "")
                try await ready
                try await setPhase(cluster, made.name, "NotReady", "wrong password")
                await #expect(throws: LocationError(.notReady, "backup repository is not ready: wrong password")) {
                    // Until the watch has told of it, it is ready still.
                    while true { try await resources.ready(shop) }
                }
            }
        }
    }

    @Test func `one that Velero made under a generated name is found, two are too many`() async throws {
        try await VeleroNamespace.with("found") { cluster in
            func make() async throws {
                var other = BackupRepository(for: "shop", in: "default", of: cluster.namespace, name: "")
                other.metadata.name = nil
                other.metadata.generateName = "shop-default-"
                other.repositoryType = .restic
                other.statusPhase = .ready
                _ = try await cluster.client.create(other)
            }
            try await make()
            try await following(cluster) { resources in
                try await resources.ready(shop)
                #expect(resources.store.count == 1)
            }
            try await make()
            try await following(cluster) { resources in
                let error = await #expect(throws: LocationError.self) { try await resources.ready(shop) }
                #expect(error?.code == .ambiguous)
                #expect(
                    error?.description.contains("more than one BackupRepository found for workload namespace \"shop\"")
                        == true
                )
            }
        }
    }

    @Test func `a cluster that has the older kind alone keeps its repositories in that`() async throws {
        let both = [BackupRepository.resourceType, ResticRepository.resourceType]
        #expect(RepositoryResources.kind(in: discovery(both)) == .backupRepository)
        #expect(RepositoryResources.kind(in: discovery([both[1]])) == .resticRepository)
        #expect(RepositoryResources.kind(in: discovery([])) == .backupRepository)
        try await VeleroNamespace.with("older") { cluster in
            let resources = RepositoryResources(
                .resticRepository,
                client: cluster.client,
                namespace: cluster.namespace,
                waitLimit: .seconds(60)
            )
            let running = Task { try await resources.run() }
            defer { running.cancel() }
            try await resources.ensure(shop)
            let made = try #require(
                try await cluster.client.list(ResticRepository.self, namespace: cluster.namespace).first
            )
            #expect(made.volumeNamespace == "shop" && made.backupStorageLocation == "default")
            #expect(try await cluster.client.list(BackupRepository.self, namespace: cluster.namespace).isEmpty)
            let ready: JSONValue = ["status": ["phase": "Ready"]]
            _ = try await cluster.client.patch(ResticRepository.self, made.key, .merge(ready))
            try await resources.ready(shop)
        }
    }

    private func discovery(_ types: [ResourceType]) -> Discovery {
        let resources = types.map { type in
            Discovery.Resource(
                type: type,
                singular: "",
                shortNames: [],
                categories: [],
                verbs: [],
                subresources: []
            )
        }
        let version = Discovery.Version(name: "v1", resources: resources, isStale: false)
        return Discovery(groups: [Discovery.Group(name: "velero.io", versions: [version])])
    }

    @Test func `nobody waits for ever`() async throws {
        try await VeleroNamespace.with("waiting") { cluster in
            try await following(cluster, waitLimit: .milliseconds(300)) { resources in
                let error = await #expect(throws: LocationError.self) { try await resources.ready(shop) }
                #expect(error?.code == .timedOut)
            }
        }
    }

    @Test func `keys whose names join to the same text get resources of their own`() async throws {
        try await VeleroNamespace.with("joined") { cluster in
            try await following(cluster) { resources in
                for key in [("a-b", "c"), ("a", "b-c")] {
                    try await resources.ensure(RepositoryKey(namespace: key.0, location: key.1))
                }
                let all = try await cluster.client.list(BackupRepository.self, namespace: cluster.namespace)
                #expect(Set(all.map { $0.volumeNamespace ?? "" }) == ["a-b", "a"])
            }
        }
    }
}
