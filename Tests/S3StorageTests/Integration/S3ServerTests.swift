// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import ObjectStorage
import TestSupport
import Testing

@testable import S3Storage

@Suite("S3Storage against rclone, which verifies signatures", .tags(.integration), .s3Server(.rclone))
struct RcloneServerTests {
    private func store(_ credentials: any CredentialsProvider, bucket: String) throws -> S3Storage {
        S3Storage(
            configuration: try S3TestServer.required().configuration(bucket: bucket),
            credentials: credentials,
            client: try testClient()
        )
    }

    private func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test func refusesAWrongSecret() async throws {
        let server = try S3TestServer.required()
        let wrong = AWSCredentials(
            accessKeyID: server.accessKeyID,
            secretAccessKey: String(server.secretAccessKey.reversed())
        )
        let store = try store(StaticCredentials(wrong), bucket: S3TestServer.freshBucket())
        do {
            try await store.createContainer()
            Issue.record("a wrong secret was accepted")
        } catch let error as StorageError {
            #expect(error.code == .denied)
            #expect(error.message.contains("AWS_SECRET_ACCESS_KEY"), "\(error.message)")
            #expect(!error.message.contains(wrong.secretAccessKey))
        }
    }

    @Test func refusesAnUnknownKey() async throws {
        let unknown = AWSCredentials(
            accessKeyID: "AKIAUNKNOWN000000000",
            secretAccessKey: String(repeating: "x", count: 40)
        )
        let store = try store(StaticCredentials(unknown), bucket: S3TestServer.freshBucket())
        #expect(await code { _ = try await store.listAll(prefix: "") } == .denied)
    }

    @Test func refusesRequestsWithoutSignature() async throws {
        let store = try store(AnonymousCredentials(), bucket: S3TestServer.freshBucket())
        // rclone calls that an unsupported algorithm.
        #expect(await code { _ = try await store.listAll(prefix: "") } == .invalid)
    }

    @Test func aMissingBucketIsNamed() async throws {
        let server = try S3TestServer.required()
        let store = try store(StaticCredentials(server.credentials), bucket: "no-such-bucket")
        #expect(await code { _ = try await store.listAll(prefix: "") } == .containerNotFound)
        #expect(await code { _ = try await store.get("config") } == .containerNotFound)
        #expect(await code { _ = try await store.stat("config") } == .containerNotFound)
        #expect(await code { try await store.put("config", ObjectBody([1])) } == .containerNotFound)
    }

    @Test func presignedURLsNeedNoCredentials() async throws {
        let store = try await S3TestServer.required().freshStore(prefix: "p")
        let bytes = patternBytes(1000)
        try await store.put("odd key/ü+&", ObjectBody(bytes))
        let url = try await store.presignedGetURL("odd key/ü+&", expiry: .seconds(60))
        let client = try testClient()
        let answer = try await client.send(HTTPRequest(method: "GET", url: url), maximumBodyByteCount: 1 << 20)
        #expect(answer.head.status == 200)
        #expect(answer.bytes == bytes)
        var forged = url
        forged.removeLast()
        forged.append(url.last == "0" ? "1" : "0")
        let refused = try await client.send(HTTPRequest(method: "GET", url: forged), maximumBodyByteCount: 1 << 20)
        #expect(refused.head.status == 403)
    }

    @Test(.timeLimit(.minutes(2))) func sendsLargeObjectsInParts() async throws {
        let store = try await S3TestServer.required().freshStore {
            $0.multipart.threshold = 6 << 20
            $0.multipart.partByteCount = 5 << 20
            $0.multipart.streamPartByteCount = 5 << 20
        }
        let bytes = patternBytes(12 << 20)
        try await store.put("known", ObjectBody(bytes))
        #expect(try await store.get("known") == bytes)
        let pieces = Shared(
            stride(from: 0, to: bytes.count, by: 700_000).map { Array(bytes[$0..<min($0 + 700_000, bytes.count)]) }[...]
        )
        try await store.putStream("streamed") { pieces.change { $0.popFirst() } }
        #expect(try await store.get("streamed") == bytes)
        #expect(
            try await store.get("streamed", range: (5 << 20) - 5..<(5 << 20) + 5)
                == bytes[(5 << 20) - 5..<(5 << 20) + 5][...].map { $0 }
        )
    }

    @Test func listsWithTheFirstVersionToo() async throws {
        let store = try await S3TestServer.required().freshStore { $0.listVersion = .v1 }
        for index in 0..<5 { try await store.put("a/b c/\(index)", ObjectBody([1])) }
        #expect(try await store.listAll(prefix: "a/").count == 5)
    }

    @Test func everyChecksumIsAccepted() async throws {
        for checksum in [UploadChecksum.none, .sha256, .md5] {
            let store = try await S3TestServer.required().freshStore { $0.checksum = checksum }
            try await store.put("k", ObjectBody(patternBytes(100)))
            #expect(try await store.get("k") == patternBytes(100))
        }
    }
}

@Suite("S3Storage against moto, which knows more of S3", .tags(.integration), .s3Server(.moto))
struct MotoServerTests {
    private func header(_ name: String, of key: String, in store: S3Storage) async throws -> String? {
        let encryption = store.configuration.encryption
        return try await store.session.send(.headObject(store.objectKey(key), encryption: encryption)).head.header(name)
    }

    @Test func storageClassGoesByKey() async throws {
        let store = try await S3TestServer.required().freshStore {
            $0.storageClass = { $0.hasPrefix("data/") ? "STANDARD_IA" : nil }
        }
        try await store.put("data/00/pack", ObjectBody([1]))
        try await store.put("index/1", ObjectBody([1]))
        #expect(try await header("x-amz-storage-class", of: "data/00/pack", in: store) == "STANDARD_IA")
        #expect(try await header("x-amz-storage-class", of: "index/1", in: store) != "STANDARD_IA")
    }

    @Test func archivedObjectsSaySo() async throws {
        let store = try await S3TestServer.required().freshStore { $0.storageClass = { _ in "GLACIER" } }
        try await store.put("pack", ObjectBody([1]))
        do {
            _ = try await store.get("pack")
            Issue.record("read an archived object")
        } catch let error as StorageError {
            #expect(error.code == .archived)
            #expect(error.message.contains("restore it"))
        }
    }

    @Test func encryptionIsAskedFor() async throws {
        let server = try S3TestServer.required()
        let own = try await server.freshStore { $0.encryption = .aes256 }
        try await own.put("k", ObjectBody([1]))
        #expect(try await header("x-amz-server-side-encryption", of: "k", in: own) == "AES256")
        let managed = try await server.freshStore { $0.encryption = .kms(keyID: "alias/backup") }
        try await managed.put("k", ObjectBody([1]))
        #expect(try await header("x-amz-server-side-encryption", of: "k", in: managed) == "aws:kms")
        #expect(try await managed.get("k") == [1])
    }

    @Test func customerKeysAreNeededToRead() async throws {
        let server = try S3TestServer.required()
        let key = try CustomerEncryptionKey(bytes: patternBytes(32))
        let store = try await server.freshStore { $0.encryption = .customerKey(key) }
        try await store.put("k", ObjectBody([1, 2, 3]))
        #expect(try await store.get("k") == [1, 2, 3])
        #expect(try await store.get("k", range: 1..<2) == [2])
        #expect(try await store.stat("k").byteCount == 3)
    }

    @Test func bucketsAreMadeInTheirRegion() async throws {
        let store = try await S3TestServer.required().freshStore { $0.region = "eu-west-1" }
        #expect(try await store.bucketRegion() == "eu-west-1")
        try await store.createContainer()
    }

    @Test func tagsAreStored() async throws {
        let store = try await S3TestServer.required().freshStore { $0.tagging = "team=a&tier=b" }
        try await store.put("k", ObjectBody([1]))
        #expect(try await header("x-amz-tagging-count", of: "k", in: store) == "2")
    }

    @Test func rolesAreTakenOnAtARealTokenService() async throws {
        let server = try S3TestServer.required()
        let client = try testClient()
        var variables = server.environment
        variables["RESTIC_AWS_ASSUME_ROLE_ARN"] = "arn:aws:iam::123456789012:role/backup"
        variables["RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT"] = server.url
        let environment = CredentialsEnvironment(
            variables: variables,
            client: client,
            localClient: client,
            readFile: { _ in nil }
        )
        let credentials = try #require(try await CredentialsChain.standard(environment).credentials())
        #expect(credentials.accessKeyID.hasPrefix("ASIA"))
        #expect(credentials.sessionToken?.isEmpty == false)
        let expiration = try #require(credentials.expiration)
        #expect(UTCTime.systemClock().seconds(until: expiration) > 600)
        let store = S3Storage(
            configuration: try server.configuration(bucket: S3TestServer.freshBucket()),
            credentials: StaticCredentials(credentials),
            client: client
        )
        try await store.createContainer()
        try await store.put("k", ObjectBody([1]))
        #expect(try await store.get("k") == [1])
    }

    @Test func webIdentityIsTradedAtARealTokenService() async throws {
        let server = try S3TestServer.required()
        let client = try testClient()
        let environment = CredentialsEnvironment(
            variables: [
                "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/backup", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
                "AWS_ENDPOINT_URL_STS": server.url, "AWS_REGION": "us-east-1",
            ],
            client: client,
            localClient: client,
            readFile: { $0 == "/token" ? Array("a.b.c".utf8) : nil }
        )
        let credentials = try #require(try await WebIdentityCredentials(environment).credentials())
        #expect(credentials.accessKeyID.hasPrefix("ASIA"))
        #expect(credentials.expiration != nil)
    }
}
