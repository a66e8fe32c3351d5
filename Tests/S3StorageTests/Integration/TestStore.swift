// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import ObjectStorage
import S3Storage
import Synchronization
import TestSupport

/// One client for all tests: connections are kept, as in the program.
private let sharedClient = Mutex<CurlHTTPClient?>(nil)

func testClient() throws -> CurlHTTPClient {
    try sharedClient.withLock { client in
        if let client { return client }
        var configuration = CurlHTTPClient.Configuration()
        configuration.proxy = .none
        configuration.stallTimeout = .seconds(60)
        let fresh = try CurlHTTPClient(configuration: configuration)
        client = fresh
        return fresh
    }
}

private let bucketCount = Atomic(0)

extension S3TestServer {
    /// A bucket name nobody has used on any server of this process.
    static func freshBucket() -> String {
        "bucket-\(bucketCount.add(1, ordering: .relaxed).newValue)"
    }

    var credentials: AWSCredentials {
        AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)
    }

    func configuration(bucket: String, prefix: String = "") throws -> S3Configuration {
        S3Configuration(location: try S3Location(parsing: location(bucket: bucket, prefix: prefix)))
    }

    /// A store in a fresh bucket, which is created.
    func freshStore(
        prefix: String = "",
        _ change: (inout S3Configuration) -> Void = { _ in }
    ) async throws -> S3Storage {
        var configuration = try configuration(bucket: Self.freshBucket(), prefix: prefix)
        change(&configuration)
        let store = S3Storage(
            configuration: configuration,
            credentials: StaticCredentials(credentials),
            client: try testClient()
        )
        try await store.createContainer()
        return store
    }
}
