// SPDX-License-Identifier: Apache-2.0

package import KubeClient
package import KubeModel
package import TestSupport
package import VeleroAPI

/// A namespace of a test's own on the suite's API server, which knows Velero's kinds, and an administrator's client.
package struct VeleroNamespace: Sendable {
    package let client: KubeClient
    package let plane: ControlPlane
    package let namespace: String

    /// Runs `body` in a fresh namespace; tests of one suite give different names.
    package static func with<Result: Sendable>(
        _ namespace: String,
        _ body: (VeleroNamespace) async throws -> Result
    ) async throws -> Result {
        let plane = try ControlPlane.required()
        try await plane.installKinds()
        try await plane.kubectl(["create", "namespace", namespace])
        return try await KubeClient.withClient(plane.administrator, limits: ControlPlane.unhurried) { client in
            try await body(VeleroNamespace(client: client, plane: plane, namespace: namespace))
        }
    }

    /// The key of something in this namespace.
    package func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Makes a location in the bucket `backups`.
    package func makeLocation(
        _ name: String = "default",
        _ change: (inout BackupStorageLocation) -> Void = { _ in }
    ) async throws {
        var location = BackupStorageLocation(name: name, namespace: namespace)
        location.provider = "aws"
        location.bucket = "backups"
        change(&location)
        _ = try await client.create(location)
    }

    /// Merges `change` into the specification of a location.
    package func changeLocation(named name: String = "default", _ change: JSONValue) async throws {
        _ = try await client.patch(BackupStorageLocation.self, key(name), .merge(["spec": change]))
    }

    /// Makes a Secret of one key.
    package func makeSecret(_ name: String, _ dataKey: String, _ bytes: [UInt8]) async throws {
        var secret = Secret(name: name, namespace: namespace)
        secret[data: dataKey] = bytes
        _ = try await client.create(secret)
    }
}
