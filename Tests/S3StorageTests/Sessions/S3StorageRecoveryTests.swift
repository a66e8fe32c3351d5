// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import ObjectStorage
import S3Storage
import Synchronization
import TestSupport
import Testing

/// A store whose server is a script.
private func scriptedStore(
    _ client: ScriptedClient,
    location: String = "s3:s3.amazonaws.com/bucket/root",
    credentials: any CredentialsProvider = StaticCredentials(
        AWSCredentials(accessKeyID: "ID", secretAccessKey: "SECRET")
    ),
    time: Int64 = 1_440_938_160,
    _ change: (inout S3Configuration) -> Void = { _ in }
) throws -> S3Storage {
    var configuration = S3Configuration(location: try S3Location(parsing: location))
    change(&configuration)
    return S3Storage(
        configuration: configuration,
        credentials: credentials,
        client: client,
        partRetrier: Retrier(clock: ManualClock(jumps: true)),
        wallClock: { UTCTime(secondsSinceEpoch: time) }
    )
}

@Suite struct S3StorageRecoveryTests {
    @Test func followsTheBucketIntoItsRegionOnceAndForAll() async throws {
        let client = ScriptedClient { request, _ in
            request.signedRegion == "eu-west-1"
                ? .init(200) : .error(301, "PermanentRedirect", headers: [("x-amz-bucket-region", "eu-west-1")])
        }
        let store = try scriptedStore(client)
        try await store.put("a", ObjectBody([1]))
        try await store.put("b", ObjectBody([1]))
        #expect(client.requests.map(\.signedRegion) == ["us-east-1", "eu-west-1", "eu-west-1"])
        #expect(client.requests[0].url == "https://bucket.s3.amazonaws.com/root/a")
        #expect(client.requests[1].url == "https://bucket.s3.eu-west-1.amazonaws.com/root/a")
    }

    @Test func neverTakesAListThatIsCutShortForAWholeOne() async throws {
        let object = "<Contents><Key>root/snapshots/a</Key><Size>1</Size></Contents>"
        let cut = ScriptedClient(
            .init(200, "<ListBucketResult>\(object)<IsTruncated>true</IsTruncated></ListBucketResult>")
        )
        let error = await #expect(throws: StorageError.self) {
            _ = try await scriptedStore(cut).listAll(prefix: "snapshots/")
        }
        #expect(error?.message.contains("list-objects-v1") == true)
    }

    @Test func doesNotFollowPagesInACircle() async throws {
        let circle = ScriptedClient { _, index in
            .init(
                200,
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>\(index % 3)</NextContinuationToken>"
                    + "</ListBucketResult>"
            )
        }
        await #expect(throws: StorageError.self) { _ = try await scriptedStore(circle).listAll(prefix: "data/") }
        #expect(circle.requests.count < 12)
    }

    @Test func givesUpWhenTheRightRegionIsWrongToo() async throws {
        let client = ScriptedClient { _, index in
            .error(400, "AuthorizationHeaderMalformed", "<Region>region-\(index)</Region>")
        }
        await #expect(throws: StorageError.self) { try await scriptedStore(client).put("a", ObjectBody([1])) }
        #expect(client.requests.count == 2)
    }

    @Test func correctsTheClockByTheServers() async throws {
        let client = ScriptedClient { request, _ in
            request.header("x-amz-date") == "20150830T133600Z"
                ? .init(200)
                : .error(403, "RequestTimeTooSkewed", headers: [("Date", "Sun, 30 Aug 2015 13:36:00 GMT")])
        }
        let store = try scriptedStore(client)
        try await store.delete("a")
        try await store.delete("b")
        #expect(client.requests.count == 3)
    }

    @Test func renewsCredentialsThatTheServerCallsExpired() async throws {
        struct Rotating: CredentialsProvider {
            let generation = Counter()

            func credentials() async throws -> AWSCredentials? {
                AWSCredentials(accessKeyID: "ID\(generation.value)", secretAccessKey: "S", sessionToken: "T")
            }

            func invalidate(_ used: AWSCredentials) async { generation.increment() }
        }
        let client = ScriptedClient { request, _ in
            request.signedKeyID == "ID1" ? .init(200) : .error(400, "ExpiredToken")
        }
        try await scriptedStore(client, credentials: Rotating()).put("a", ObjectBody([1]))
        #expect(client.requests.map(\.signedKeyID) == ["ID0", "ID1"])
        #expect(client.requests.allSatisfy { $0.header("x-amz-security-token") == "T" })
    }

    @Test func addsTheChecksumThatObjectLockWants() async throws {
        let client = ScriptedClient { request, _ in
            request.header("x-amz-checksum-sha256") != nil
                ? .init(200)
                : .error(400, "InvalidRequest", "<Message>Content-MD5 OR x-amz-checksum- header is required</Message>")
        }
        let store = try scriptedStore(client, location: "s3:https://minio/bucket")
        try await store.put("a", ObjectBody([1]))
        try await store.put("b", ObjectBody([1]))
        #expect(client.requests.count == 3)
    }

    @Test func missingCredentialsSayWhatToSet() async throws {
        let environment = CredentialsEnvironment(
            variables: ["AWS_EC2_METADATA_DISABLED": "true"],
            client: ScriptedClient(.init(500)),
            localClient: ScriptedClient(.init(500)),
            readFile: { _ in nil }
        )
        let client = ScriptedClient(.init(200))
        do {
            try await scriptedStore(client, credentials: CredentialsChain.standard(environment)).delete("a")
            Issue.record("succeeded without credentials")
        } catch let error as StorageError {
            #expect(error.code == .denied)
            #expect(error.message.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
        }
        #expect(client.requests.isEmpty)
    }

    @Test func statAsksForTheReasonThatHeadCannotGive() async throws {
        let client = ScriptedClient { request, _ in
            request.method == "HEAD" ? .init(404) : .error(404, "NoSuchBucket")
        }
        do {
            _ = try await scriptedStore(client).stat("config")
            Issue.record("found something")
        } catch let error as StorageError {
            #expect(error.code == .containerNotFound)
        }
        #expect(client.requests.map(\.method) == ["HEAD", "GET"])
    }

    @Test func listsThatGoInCirclesEnd() async throws {
        let page =
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
        let client = ScriptedClient(.init(200, page))
        await #expect(throws: StorageError.self) { try await scriptedStore(client).list(prefix: "") { _ in } }
        #expect(client.requests.count == 2)
    }

    @Test func keysOutsideThePrefixAreAnError() async throws {
        let page = "<ListBucketResult><Contents><Key>other/x</Key><Size>1</Size></Contents></ListBucketResult>"
        do {
            _ = try await scriptedStore(ScriptedClient(.init(200, page))).listAll(prefix: "")
            Issue.record("accepted")
        } catch let error as StorageError {
            #expect(error.code == .corrupt)
        }
    }

    @Test func answersThatAreNoS3AreNamedSo() async throws {
        let client = ScriptedClient(.init(200, "<html><body>Welcome</body></html>"))
        do {
            _ = try await scriptedStore(client).listAll(prefix: "")
            Issue.record("accepted")
        } catch let error as StorageError {
            #expect(error.message.contains("is that of an S3 server"), "\(error.message)")
        }
    }

    @Test func presignsForThePublicHost() async throws {
        let store = try scriptedStore(ScriptedClient(.init(200)), location: "s3:http://minio.internal:9000/bucket/root")
        {
            $0.publicLocation = try? S3Location(host: "backups.example", bucket: "ignored")
        }
        let url = try await store.presignedGetURL("a b", expiry: .seconds(600))
        #expect(url.hasPrefix("https://backups.example/bucket/root/a%20b?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
        #expect(url.contains("X-Amz-Expires=600"))
        #expect(!url.contains("SECRET"))
    }

    @Test func createContainerMakesWhatIsMissing() async throws {
        let client = ScriptedClient { request, _ in
            request.method == "PUT" ? .init(200) : .error(404, "NoSuchBucket")
        }
        try await scriptedStore(client) { $0.region = "eu-west-1" }.createContainer()
        #expect(client.requests.map(\.method) == ["GET", "PUT"])
        #expect(String(decoding: client.requests[1].bodyBytes, as: UTF8.self).contains("eu-west-1"))
        let denied = ScriptedClient(.error(403, "AccessDenied"))
        try await scriptedStore(denied).createContainer()
        let wrongKey = ScriptedClient(.error(403, "InvalidAccessKeyId"))
        await #expect(throws: StorageError.self) { try await scriptedStore(wrongKey).createContainer() }
        let taken = ScriptedClient { request, _ in
            request.method == "PUT" ? .error(409, "BucketAlreadyExists") : .error(404, "NoSuchBucket")
        }
        await #expect(throws: StorageError.self) { try await scriptedStore(taken).createContainer() }
    }

    @Test(arguments: [
        ("<LocationConstraint xmlns=\"u\"/>", "us-east-1"),
        ("<LocationConstraint>EU</LocationConstraint>", "eu-west-1"),
        ("<LocationConstraint>eu-central-1</LocationConstraint>", "eu-central-1"),
    ])
    func asksForTheBucketsRegion(document: String, region: String) async throws {
        #expect(try await scriptedStore(ScriptedClient(.init(200, document))).bucketRegion() == region)
    }

    @Test func takesTheBucketsRegionFromAHeaderWhenItMayNotAsk() async throws {
        let client = ScriptedClient { request, _ in
            request.method == "HEAD"
                ? .init(200, headers: [("x-amz-bucket-region", "eu-north-1")]) : .error(403, "AccessDenied")
        }
        #expect(try await scriptedStore(client).bucketRegion() == "eu-north-1")
    }
}

@Suite struct S3StorageMultipartTests {
    private func script(
        _ parts: @escaping @Sendable (_ number: Int, _ index: Int) -> ScriptedClient.Answer = { number, _ in
            .init(200, headers: [("ETag", "\"e\(number)\"")])
        },
        complete: @escaping @Sendable (_ index: Int) -> ScriptedClient.Answer = { _ in
            .init(200, "<CompleteMultipartUploadResult/>")
        }
    ) -> ScriptedClient {
        ScriptedClient { request, index in
            if request.target.hasSuffix("?uploads=") { return .init(200, "<R><UploadId>u1</UploadId></R>") }
            if request.method == "DELETE" { return .init(204) }
            if request.method == "HEAD" { return .init(200, headers: [("Content-Length", "25")]) }
            if request.method == "POST" { return complete(index) }
            let number = request.target.split(separator: "partNumber=").last?.prefix { $0.isNumber }
            return parts(number.flatMap { Int($0) } ?? 0, index)
        }
    }

    private func put(_ client: ScriptedClient, byteCount: Int = 25) async throws {
        let store = try scriptedStore(client, location: "s3:https://minio/bucket") {
            $0.multipart.threshold = 10
            $0.multipart.partByteCount = 10
            $0.multipart.streamPartByteCount = 10
        }
        try await store.put("k", ObjectBody(pieces: [patternBytes(byteCount)]))
    }

    @Test func largeBodiesGoInParts() async throws {
        let client = script()
        try await put(client)
        let sent = client.requests
        #expect(sent.count == 5)
        let parts = sent.filter { $0.target.contains("partNumber") }.sorted { $0.target < $1.target }
        #expect(parts.map(\.bodyBytes.count) == [10, 10, 5])
        #expect(parts.flatMap(\.bodyBytes) == patternBytes(25))
        let document = String(decoding: sent[4].bodyBytes, as: UTF8.self)
        #expect(document.contains("<PartNumber>3</PartNumber><ETag>&quot;e3&quot;</ETag>"))
    }

    @Test func smallBodiesDoNot() async throws {
        let client = script()
        try await put(client, byteCount: 10)
        #expect(client.requests.map(\.method) == ["PUT"])
    }

    @Test func partsAreRepeatedUntilTheyAreThere() async throws {
        let client = script { number, index in
            index < 4 ? .error(503, "SlowDown") : .init(200, headers: [("ETag", "e\(number)")])
        }
        try await put(client)
        #expect(client.requests.filter { $0.method == "PUT" }.count == 6)
    }

    @Test func failureGivesThePartsUp() async throws {
        let client = script { number, _ in
            number == 2 ? .error(403, "AccessDenied") : .init(200, headers: [("ETag", "e")])
        }
        await #expect(throws: StorageError.self) { try await put(client) }
        #expect(client.requests.last?.method == "DELETE")
        #expect(client.requests.last?.target == "/bucket/k?uploadId=u1")
        #expect(!client.requests.contains { $0.method == "POST" && $0.target.contains("uploadId") })
    }

    @Test func aFailureInsideASuccessIsSeen() async throws {
        let client = script(complete: { _ in .init(200, "<Error><Code>AccessDenied</Code></Error>") })
        await #expect(throws: StorageError.self) { try await put(client) }
        #expect(client.requests.last?.method == "DELETE")
    }

    @Test func aCompletionWhoseAnswerWasLostCounts() async throws {
        let client = script(complete: { index in index == 4 ? .error(500, "InternalError") : .error(404, "NoSuchUpload")
        })
        try await put(client)
        #expect(client.requests.last?.method == "HEAD")
    }

    @Test func cancellationGivesThePartsUp() async throws {
        let reached = Gate()
        let client = ScriptedClient { request, _ in
            if request.target.hasSuffix("?uploads=") { return .init(200, "<R><UploadId>u1</UploadId></R>") }
            if request.method == "DELETE" { return .init(204) }
            reached.open()
            try await Gate().pass()
            return .init(200)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await put(client) }
            try? await reached.pass()
            group.cancelAll()
        }
        #expect(client.requests.last?.method == "DELETE")
    }
}

/// Counts up.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() { count.withLock { $0 += 1 } }
}
