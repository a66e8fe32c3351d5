// SPDX-License-Identifier: Apache-2.0

package import KubeClient
internal import KubeModel
package import ObjectStorage
internal import RepositoryEngine
internal import S3Storage
internal import VeleroAPI

/// Lends the stores that backup storage locations stand for: where the backups themselves are, beside the repositories.
package protocol StoreProvider: Sendable {
    /// Runs `body` with the store of a location; keys begin at the location's root.
    ///
    /// - Throws: ``LocationError``, storage errors, and what `body` throws.
    func withStore<Result: Sendable>(
        of location: String,
        _ body: @Sendable (any ObjectStorage) async throws -> Result
    ) async throws -> Result
}

/// The stores of a cluster's locations, each connected for one use.
package struct LocationStores: StoreProvider {
    private let reader: LocationReader
    private let layers: StorageLayers

    /// - Parameters:
    ///   - namespace: Velero's.
    ///   - variables: Environment variables of this process, for credentials.
    package init(client: KubeClient, namespace: String, variables: [String: String], layers: StorageLayers) {
        reader = LocationReader(client: client, namespace: namespace, variables: variables, regions: BucketRegions())
        self.layers = layers
    }

    package func withStore<Result: Sendable>(
        of location: String,
        _ body: @Sendable (any ObjectStorage) async throws -> Result
    ) async throws -> Result {
        let (connection, isReadOnly) = try await reader.bucket(location)
        return try await connection.withStorage { storage in
            let store = layers.around(storage, isRemote: true)
            guard isReadOnly else { return try await body(store) }
            return try await body(
                ReadOnlyStorage(store, reason: "backup storage location \(location) is ReadOnly")
            )
        }
    }
}
