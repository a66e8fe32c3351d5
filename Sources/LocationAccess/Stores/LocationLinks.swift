// SPDX-License-Identifier: Apache-2.0

package import KubeClient
internal import ObjectStorage
internal import S3Storage

/// Makes URLs from which files of locations can be fetched without credentials.
package struct LocationLinks: Sendable {
    private let reader: LocationReader

    /// - Parameters:
    ///   - namespace: Velero's.
    ///   - variables: Environment variables of this process, for credentials.
    package init(client: KubeClient, namespace: String, variables: [String: String]) {
        reader = LocationReader(client: client, namespace: namespace, variables: variables, regions: BucketRegions())
    }

    /// A URL that reads one object, by the name under which people outside of the cluster reach the server.
    ///
    /// - Parameters:
    ///   - key: From the location's root.
    ///   - lifetime: After which the URL is refused; at most seven days.
    /// - Throws: ``LocationError``, storage errors.
    package func url(of key: String, in location: String, lifetime: Duration) async throws -> String {
        let (connection, _) = try await reader.bucket(location)
        return try await connection.withStorage { storage in
            guard let bucket = storage as? S3Storage else {
                throw LocationError(.unsupported, "backup storage location \(location) is no bucket; it has no URLs")
            }
            return try await bucket.presignedGetURL(key, expiry: lifetime)
        }
    }
}
