// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import ObjectStorage
import TestSupport
import VeleroAPI

extension ServerRig {
    /// Text of a credentials file for the suite's S3 server.
    static func keys(_ server: S3TestServer) -> [UInt8] {
        let lines = [
            "[default]", "aws_access_key_id = \(server.accessKeyID)",
            "aws_secret_access_key = \(server.secretAccessKey)",
            "",
        ]
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// Makes a bucket on the suite's S3 server, the location that stands for it and the Secret it needs; unless it is not to exist.
    func makeBucket(
        _ name: String,
        makesBucket: Bool = true,
        _ change: (inout BackupStorageLocation) -> Void = { _ in }
    ) async throws {
        let server = try S3TestServer.required()
        var secret = Secret(name: "keys-\(name)", namespace: namespace)
        secret[data: "cloud"] = Self.keys(server)
        _ = try await client.create(secret)
        if makesBucket { try await createBucket(name) }
        try await makeLocation(name) {
            $0.config = ["s3Url": server.url, "region": "us-east-1", "s3ForcePathStyle": "true"]
            $0.bucket = "\(namespace)-\(name)"
            $0.prefix = "cluster"
            $0.credentialName = "keys-\(name)"
            $0.credentialKey = "cloud"
            change(&$0)
        }
    }

    func createBucket(_ name: String) async throws {
        let store = try await bucketStore(name)
        try await store.createContainer()
    }

    /// The location's store, below its prefix.
    func bucketStore(_ name: String, prefix: String = "cluster") async throws -> any ObjectStorage {
        try await S3TestServer.required().store(bucket: "\(namespace)-\(name)", prefix: prefix)
    }
}
