// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import HTTPTransport
import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("Client against a real API server", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct RealServerTests {
    /// Runs `body` with a client of the suite's control plane, through its kubeconfig.
    private func withClient<Result: Sendable>(_ body: (KubeClient, ControlPlane) async throws -> Result) async throws
        -> Result
    {
        let plane = try ControlPlane.required()
        let configuration = try await ClusterConfiguration.load(path: plane.kubeconfig, Self.environment)
        return try await KubeClient.withClient(configuration, limits: ControlPlane.unhurried) { client in
            try await body(client, plane)
        }
    }

    private static var environment: ConfigurationEnvironment {
        ConfigurationEnvironment(variables: [:]) { _, _ in throw KubeError(.credentials, "no programs here") }
    }

    @Test("objects are created, read, changed in every way, and deleted; what is not known survives")
    func objects() async throws {
        try await withClient { client, plane in
            var map = ConfigMap(name: "objects", namespace: "default")
            map.data = ["a": "1"]
            map.metadata[annotation: "note"] = "é😀\n"
            map = try await client.create(map)
            #expect(map.metadata.uid != nil)
            let duplicate = try await #require(throws: KubeError.self) {
                try await client.create(ConfigMap(name: "objects", namespace: "default"))
            }
            #expect(duplicate.code == .alreadyExists)

            // Somebody else changes it: our stale state is refused, our patch is not.
            try await plane.kubectl(["label", "configmap", "objects", "by=kubectl"])
            var stale = map
            stale.data["b"] = "2"
            let conflict = try await #require(throws: KubeError.self) { try await client.replace(stale) }
            #expect(conflict.code == .conflict)
            let exclusive = try await #require(throws: KubeError.self) {
                try await client.update(from: map, to: stale, isExclusive: true)
            }
            #expect(exclusive.code == .conflict)
            map = try await client.update(from: map, to: stale)
            #expect(map.data == ["a": "1", "b": "2"])
            #expect(map.metadata[label: "by"] == "kubectl")
            #expect(map.metadata[annotation: "note"] == "é😀\n")

            let pointer = JSONPointer(["data", "a"])
            map = try await client.patch(
                ConfigMap.self,
                map.key,
                .json([.test(pointer, "1"), .replace(pointer, "one")])
            )
            #expect(map.data["a"] == "one")
            let failed = try await #require(throws: KubeError.self) {
                try await client.patch(ConfigMap.self, map.key, .json([.test(pointer, "1")]))
            }
            #expect(failed.code == .invalid)
            map = try await client.patch(ConfigMap.self, map.key, .strategicMerge(["data": ["c": "3"]]))
            var applied = ConfigMap(name: "objects", namespace: "default")
            applied.data = ["d": "4", "a": "uno"]
            let owned = try await #require(throws: KubeError.self) {
                try await client.patch(
                    ConfigMap.self,
                    map.key,
                    .apply(applied.object),
                    options: WriteOptions(fieldManager: "me")
                )
            }
            #expect(owned.code == .conflict)
            var options = WriteOptions(fieldManager: "me")
            options.takesOverFields = true
            map = try await client.patch(ConfigMap.self, map.key, .apply(applied.object), options: options)
            #expect(map.data == ["a": "uno", "b": "2", "c": "3", "d": "4"])

            try await client.delete(ConfigMap.resourceType, map.key, options: DeleteOptions(uid: map.metadata.uid))
            #expect(try await client.get(ConfigMap.self, map.key) == nil)
            try await client.delete(ConfigMap.resourceType, map.key)
        }
    }

    @Test("objects that break a rule are refused with the fields concerned")
    func invalid() async throws {
        try await withClient { client, _ in
            let error = try await #require(throws: KubeError.self) {
                try await client.create(ConfigMap(name: "Not_A_Name", namespace: "default"))
            }
            #expect(error.code == .invalid)
            #expect(error.status?.causes.map(\.field) == ["metadata.name"])
            let missing = try await #require(throws: KubeError.self) {
                try await client.create(ConfigMap(name: "x", namespace: "nowhere"))
            }
            #expect(missing.code == .notFound)
        }
    }

    @Test("selectors choose, pages are followed, collections are deleted")
    func collections() async throws {
        try await withClient { client, _ in
            for index in 0..<7 {
                var map = ConfigMap(name: "page-\(index)", namespace: "default")
                map.metadata.labels = ["group": "pages", "parity": index.isMultiple(of: 2) ? "even" : "odd"]
                _ = try await client.create(map)
            }
            var options = ListOptions(labels: try LabelSelector(parsing: "group=pages,parity notin (odd)"))
            options.pageSize = 3
            let even = try await client.list(ConfigMap.self, namespace: "default", options: options)
            #expect(even.map(\.name) == ["page-0", "page-2", "page-4", "page-6"])
            #expect(even.allSatisfy { $0.object.kind == "ConfigMap" && $0.object.apiVersion == "v1" })
            let one = ListOptions(fields: FieldSelector("metadata.name", is: "page-3"))
            #expect(try await client.list(ConfigMap.self, namespace: nil, options: one).map(\.name) == ["page-3"])
            try await client.deleteCollection(ConfigMap.resourceType, namespace: "default", options: options)
            let left = ListOptions(labels: try LabelSelector(parsing: "group=pages"))
            #expect(try await client.list(ConfigMap.self, namespace: "default", options: left).count == 3)
        }
    }

    @Test("discovery knows the kinds, their short names and subresources")
    func discovery() async throws {
        try await withClient { client, _ in
            let discovery = try await client.discover()
            #expect(discovery.resource(named: "po")?.type == Pod.resourceType)
            #expect(discovery.resource(named: "pvc")?.type == PersistentVolumeClaim.resourceType)
            #expect(discovery.resource(named: "leases.coordination.k8s.io")?.type == Lease.resourceType)
            #expect(discovery.resource(named: "pods")?.subresources.contains("log") == true)
            #expect(discovery.staleVersions.isEmpty)
            #expect(try await client.serverVersion().hasPrefix("v1."))
        }
    }

    @Test("a token that is no longer valid is replaced by a fresh one without the caller's knowing")
    func expiredToken() async throws {
        let plane = try ControlPlane.required()
        try await restart(plane, token: "first")
        let token = Shared("first")
        let fetchCount = Shared(0)
        let credentials = RenewedCredentials(clock: ContinuousClock()) {
            fetchCount.change { $0 += 1 }
            return .init(authorization: "Bearer \(token.value)", lifetime: nil)
        }
        var configuration = ClusterConfiguration(server: plane.server, credentials: credentials)
        configuration.certificateAuthorities = .file(plane.certificateAuthority)
        try await KubeClient.withClient(configuration) { client in
            _ = try await client.list(ConfigMap.self, namespace: "default")
            try await restart(plane, token: "second")
            token.change { $0 = "second" }
            _ = try await client.list(ConfigMap.self, namespace: "default")
            #expect(fetchCount.value == 2)
            await credentials.invalidate("Bearer second")
            token.change { $0 = "wrong" }
            let error = try await #require(throws: KubeError.self) {
                try await client.list(ConfigMap.self, namespace: "default")
            }
            #expect(error.code == .unauthorized)
        }
    }

    /// Starts the API server anew with `token` valid beside the administrator's usual one.
    private func restart(_ plane: ControlPlane, token: String) async throws {
        try plane.setTokens([
            .init(value: token, user: "somebody", groups: ["system:masters"]),
            .init(value: plane.adminToken, user: "admin", groups: ["system:masters"]),
        ])
        await plane.stopAPIServer()
        try await plane.startAPIServer()
    }

    @Test("a user without rights is told so")
    func forbidden() async throws {
        let plane = try ControlPlane.required()
        var configuration = plane.administrator
        configuration.impersonation = .init(user: "nobody")
        try await KubeClient.withClient(configuration) { client in
            let error = try await #require(throws: KubeError.self) {
                try await client.list(Pod.self, namespace: "default")
            }
            #expect(error.code == .forbidden)
            #expect(error.message.contains("nobody"))
        }
    }

    @Test("a server name other than the host's is asked for, and checked")
    func serverName() async throws {
        let plane = try ControlPlane.required()
        var configuration = plane.administrator
        configuration.serverName = "localhost"
        let version = try await KubeClient.withClient(configuration) { client in try await client.serverVersion() }
        #expect(version.hasPrefix("v1."))
        // One that the server's certificate does not cover.
        configuration.serverName = "kubernetes.example.org"
        let error = try await #require(throws: KubeError.self) {
            try await KubeClient.withClient(configuration) { client in try await client.serverVersion() }
        }
        #expect(error.message.contains("certificate"), "\(error.message)")
    }
}
