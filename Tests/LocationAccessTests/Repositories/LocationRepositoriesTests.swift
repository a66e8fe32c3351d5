// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Logging
import ObjectStorage
import RepositoryEngine
import TestSupport
import Testing
import VeleroAPI

@testable import LocationAccess

@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct LocationRepositoriesTests {
    private let shop = RepositoryKey(namespace: "shop", location: "default")

    /// A repository in a directory, made by way of a location.
    private func withDirectory(
        _ name: String,
        _ body: (VeleroNamespace, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try await VeleroNamespace.with(name) { cluster in
                try await cluster.makePassword()
                try await cluster.makeLocation { $0.config = ["resticRepoPrefix": "file://\(directory)/backups"] }
                try await body(cluster, directory)
            }
        }
    }

    private func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "no failure"
        } catch {
            return RepositoryProblem.text(error, namespace: "velero")
        }
    }

    @Test func `many users at once open a repository once, and restic opens it with the Secret's password`()
        async throws
    {
        try await withDirectory("shared") { cluster, directory in
            let meter = StorageMeter()
            let repositories = cluster.repositories {
                $0.layers.meter = meter
                $0.freshness = .seconds(60)
            }
            try await repositories.initialize(shop)
            let before = meter.reading.operationCount
            let opened = Shared<Set<ObjectIdentifier>>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await repositories.withRepository(shop) { repository in
                            opened.change { _ = $0.insert(ObjectIdentifier(repository)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(opened.value.count == 1)
            // The config twice (once to see whether anything is there), the list of keys, the key.
            #expect(meter.reading.operationCount - before <= 4)
            try ResticProgram.Release.distribution.program().run(
                ["--no-cache", "--repo", directory + "/backups/shop", "snapshots"],
                environment: ["RESTIC_PASSWORD": VeleroNamespace.password]
            )
        }
    }

    @Test func `a changed Secret has the repository opened anew`() async throws {
        try await withDirectory("rotated") { cluster, _ in
            let repositories = cluster.repositories()
            try await repositories.initialize(shop)
            try await repositories.withRepository(shop) { _ in }
            let key = ObjectKey(namespace: cluster.namespace, name: VeleroObjectName.repositoryCredentials)
            var secret = try #require(try await cluster.client.get(Secret.self, key))
            secret[data: VeleroObjectName.repositoryPasswordKey] = Array("another".utf8)
            _ = try await cluster.client.replace(secret)
            let text = await failure { try await repositories.withRepository(shop) { _ in } }
            #expect(text.hasPrefix("Wrong password: ") && text.contains("Secret velero/velero-repo-credentials"))
            #expect(!text.contains("another"))
        }
    }

    @Test func `an unused repository is closed after its time, a used one is not`() async throws {
        try await withDirectory("idle") { cluster, _ in
            let clock = ManualClock()
            var configuration = LocationRepositories.Configuration(namespace: cluster.namespace)
            configuration.idleTime = .seconds(300)
            let closed = Gate()
            var log = Logger(label: "test") { _ in OpeningLog(gate: closed, message: "closed an idle repository") }
            log.logLevel = .debug
            let repositories = LocationRepositories(configuration, client: cluster.client, logger: log, clock: clock)
            try await repositories.initialize(shop)
            let first = try await repositories.withRepository(shop) { ObjectIdentifier($0) }
            #expect(try await repositories.withRepository(shop) { ObjectIdentifier($0) } == first)
            #expect(repositories.openCount == 1)
            let running = Task { try await repositories.run() }
            defer { running.cancel() }
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(301))
            try await closed.pass()
            #expect(repositories.openCount == 0)
        }
    }

    @Test func `a ReadOnly location lends for reading, and refuses every change before it begins`() async throws {
        try await withDirectory("readonly") { cluster, _ in
            let repositories = cluster.repositories()
            try await repositories.initialize(shop)
            try await cluster.changeLocation(["accessMode": "ReadOnly"])
            let text = await failure { try await repositories.withRepository(shop, for: .writing(for: nil)) { _ in } }
            #expect(text.contains("backup storage location default is ReadOnly"))
            try await repositories.withRepository(shop, for: .reading) { repository in
                let locks = try await repository.withLock(.shared) { _ in try await repository.listLockIDs() }
                #expect(locks.count == 1)
                await #expect(throws: StorageError.self) { try await repository.storage.put("data/x", ObjectBody([1])) }
                #expect(try await repository.listLockIDs().isEmpty)
            }
        }
    }

    @Test func `a resource that names another repository is refused`() async throws {
        try await withDirectory("other") { cluster, directory in
            let repositories = cluster.repositories()
            try await repositories.check(.writing(for: "local:\(directory)/backups/shop"), of: shop)
            try await repositories.check(.writing(for: nil), of: shop)
            let text = await failure { try await repositories.check(.writing(for: "s3:http://thief/bucket"), of: shop) }
            #expect(text.contains("data is written only where the location says"))
        }
    }

    @Test func `a person is told what is missing`() async throws {
        try await VeleroNamespace.with("missing") { cluster in
            let repositories = cluster.repositories()
            func use(_ location: String) async -> String {
                await failure {
                    try await repositories.withRepository(RepositoryKey(namespace: "shop", location: location)) { _ in }
                }
            }
            #expect(
                await use("nowhere")
                    == "backup storage location missing/nowhere does not exist; create it, or correct the name"
            )
            try await cluster.makeLocation("azure") { $0.provider = "azure" }
            #expect(await use("azure").contains("velero-repo-credentials with the password"))
            try await cluster.makePassword()
            #expect(await use("azure").contains("repositories in Azure Blob Storage cannot be used yet"))
            try await cluster.makeLocation("own") {
                $0.config = ["s3Url": "http://127.0.0.1:9", "region": "minio"]
                $0.credentialName = "own"
                $0.credentialKey = "cloud"
            }
            #expect(
                await use("own").contains(
                    "Secret missing/own with the credentials of backup storage location own does not exist"
                )
            )
            try await cluster.makeLocation("down") { $0.config = ["s3Url": "http://127.0.0.1:9", "region": "minio"] }
            #expect(await use("down").contains("127.0.0.1"))
        }
    }
}

/// Opens a gate when a message is logged.
private struct OpeningLog: LogHandler {
    let gate: Gate
    let message: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(gate: Gate, message: String) {
        self.gate = gate
        self.message = message
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.message.description == message { gate.open() }
    }
}
