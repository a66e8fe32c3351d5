// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import LocationAccess
import ObjectStorage
import S3Storage
import Synchronization
import TestSupport

private let sharedClient = Mutex<CurlHTTPClient?>(nil)

extension S3TestServer {
    /// A store in one of its buckets, whether that exists or not.
    func store(bucket: String, prefix: String) async throws -> any ObjectStorage {
        let client = try sharedClient.withLock { shared in
            if let shared { return shared }
            var configuration = CurlHTTPClient.Configuration()
            configuration.proxy = .none
            let fresh = try CurlHTTPClient(configuration: configuration)
            shared = fresh
            return fresh
        }
        let keys = AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)
        return S3Storage(
            configuration: S3Configuration(location: try S3Location(parsing: location(bucket: bucket, prefix: prefix))),
            credentials: StaticCredentials(keys),
            client: client
        )
    }
}

extension ServerRig {
    /// Stores of locations that are tried once.
    var stores: LocationStores {
        var layers = StorageLayers()
        layers.retryPolicy = .never
        return LocationStores(client: client, namespace: namespace, variables: [:], layers: layers)
    }

    func putObject(_ key: String, _ bytes: [UInt8], in location: String) async throws {
        try await bucketStore(location).put(key, ObjectBody(bytes))
    }

    /// Keys below a prefix of a location, sorted.
    func objectNames(_ prefix: String, in location: String) async throws -> [String] {
        try await bucketStore(location).listAll(prefix: prefix).map(\.key).sorted()
    }

    /// Removes all objects below a prefix of a location.
    func deleteObjects(_ prefix: String, in location: String) async throws {
        let store = try await bucketStore(location)
        for key in try await store.listAll(prefix: prefix).map(\.key) { try await store.delete(key) }
    }
}
