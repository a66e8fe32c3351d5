// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import HTTPTransport
import KubeClient
import KubeModel
import Logging
import TestSupport
import VeleroAPI

@testable import LocationAccess

/// A namespace of its own on the suite's API server, with Velero's kinds.
struct Cluster: Sendable {
    let client: KubeClient
    let plane: ControlPlane
    let namespace: String

    static let password = "a password of this cluster"
    static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with<Result: Sendable>(
        _ namespace: String,
        _ body: (Cluster) async throws -> Result
    ) async throws -> Result {
        let plane = try ControlPlane.required()
        let manifests = CustomResource.all.map(\.manifest).joined(separator: "---\n")
        try await plane.kubectl(["apply", "-f", "-"], input: manifests)
        try await plane.kubectl([
            "wait", "--for=condition=Established", "--timeout=60s", "crd", "-l", "component=velero",
        ])
        try await plane.kubectl(["create", "namespace", namespace])
        var configuration = ClusterConfiguration(
            server: plane.server,
            credentials: FixedCredentials(token: plane.adminToken)
        )
        configuration.certificateAuthorities = .file(plane.certificateAuthority)
        return try await KubeClient.withClient(configuration) { client in
            try await body(Cluster(client: client, plane: plane, namespace: namespace))
        }
    }

    func repositories(_ change: (inout LocationRepositories.Configuration) -> Void = { _ in }) -> LocationRepositories {
        var configuration = LocationRepositories.Configuration(namespace: namespace)
        configuration.probeTime = .zero
        configuration.freshness = .zero
        change(&configuration)
        return LocationRepositories(configuration, client: client, logger: Self.log)
    }

    func makePassword(_ password: String = Self.password) async throws {
        var secret = Secret(name: VeleroObjectName.repositoryCredentials, namespace: namespace)
        secret[data: VeleroObjectName.repositoryPasswordKey] = Array(password.utf8)
        _ = try await client.create(secret)
    }

    func makeLocation(_ name: String = "default", _ change: (inout BackupStorageLocation) -> Void) async throws {
        var location = BackupStorageLocation(name: name, namespace: namespace)
        location.provider = "aws"
        location.bucket = "backups"
        change(&location)
        _ = try await client.create(location)
    }

    func changeLocation(named name: String = "default", _ change: JSONValue) async throws {
        let key = ObjectKey(namespace: namespace, name: name)
        _ = try await client.patch(BackupStorageLocation.self, key, .merge(["spec": change]))
    }
}
