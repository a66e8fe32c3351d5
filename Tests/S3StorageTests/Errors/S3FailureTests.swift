// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import ObjectStorage
import Testing

@testable import S3Storage

@Suite struct S3FailureTests {
    private let subject = RequestSubject(
        activity: "uploading",
        bucketLocation: "s3:https://host/bucket",
        bucket: "bucket",
        key: "data/00",
        permission: "s3:PutObject",
        region: "us-east-1"
    )

    @Test(arguments: [
        (404, "NoSuchKey", StorageError.Code.notFound, "does not exist"),
        (404, "NoSuchBucket", .containerNotFound, "bucket “bucket” does not exist"),
        (403, "AccessDenied", .denied, "s3:PutObject"),
        (403, "InvalidAccessKeyId", .denied, "AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", .denied, "AWS_SECRET_ACCESS_KEY"),
        (400, "ExpiredToken", .denied, "expired"),
        (403, "RequestTimeTooSkewed", .denied, "clock"),
        (400, "AuthorizationHeaderMalformed", .invalid, "AWS_DEFAULT_REGION"),
        (301, "PermanentRedirect", .invalid, "region"),
        (403, "InvalidObjectState", .archived, "restore"),
        (416, "InvalidRange", .rangeNotSatisfiable, "shorter"),
        (503, "SlowDown", .throttled, "fewer requests"),
        (503, "ServiceUnavailable", .throttled, "not able"),
        (500, "InternalError", .unavailable, "not able"),
        (502, "Whatever", .unavailable, "not able"),
        (400, "RequestTimeout", .unavailable, "not able"),
        (507, "XMinioStorageFull", .full, "full"),
        (400, "BadDigest", .corrupt, "damaged"),
        (405, "MethodNotAllowed", .readOnly, "changes"),
        (501, "NotImplemented", .invalid, "options"),
        (418, "Teapot", .invalid, "S3 server"),
    ])
    func becomesAnErrorWithARemedy(status: Int, code: String, expected: StorageError.Code, remedy: String) {
        let error = S3Failure(status: status, code: code, message: "words", requestID: "R1").storageError(subject)
        #expect(error.code == expected)
        #expect(error.message.contains(remedy), "\(error.message)")
        #expect(error.message.contains("uploading s3:https://host/bucket/data/00 failed"))
        #expect(error.message.contains("(\(code): words; request R1)"))
        #expect((error.cause as? S3Failure)?.code == code)
    }

    @Test func readsTheWholeErrorDocument() {
        let head = HTTPResponseHead(
            status: 400,
            headers: [("Date", "Sun, 30 Aug 2015 12:36:00 GMT"), ("Retry-After", "7"), ("Content-Range", "bytes */10")]
        )
        let failure = S3Failure(
            head,
            body: Array(
                """
                <?xml version="1.0"?>\n<Error><Code>AuthorizationHeaderMalformed</Code><Message>a\nb</Message>\
                <Region>eu-west-1</Region><Endpoint>bucket.s3-eu-west-1.amazonaws.com</Endpoint><RequestId>X</RequestId></Error>
                """.utf8
            )
        )
        #expect(failure.code == "AuthorizationHeaderMalformed")
        #expect(failure.message == "a b")
        #expect(failure.region == "eu-west-1")
        #expect(failure.serverTime?.basicDateTime == "20150830T123600Z")
        #expect(failure.retryAfterSeconds == 7)
        #expect(failure.objectByteCount == 10)
    }

    @Test(arguments: ["", "<html>not S3</html>", "{}", "<Error><Code></Code></Error>", "<Error>"])
    func makesDoWithTheStatus(body: String) {
        let failure = S3Failure(HTTPResponseHead(status: 503, headers: []), body: Array(body.utf8))
        #expect(failure.code == "ServiceUnavailable")
        #expect(failure.storageError(subject).isRetryable)
    }

    @Test func takesOnlyNamesForRegions() {
        let head = HTTPResponseHead(status: 301, headers: [("x-amz-bucket-region", "evil.example/x")])
        #expect(S3Failure(head, body: []).region == nil)
    }

    @Test func passesOnWhenToComeBack() {
        let error = S3Failure(status: 503, code: "SlowDown", retryAfterSeconds: 9).storageError(subject)
        #expect(error.retryAfter == .seconds(9))
        let date = HTTPResponseHead(
            status: 503,
            headers: [("Date", "Sun, 30 Aug 2015 12:36:00 GMT"), ("Retry-After", "Sun, 30 Aug 2015 12:36:30 GMT")]
        )
        #expect(S3Failure(date, body: []).retryAfterSeconds == 30)
    }

    @Test func aConnectionThatFailsMayBeRetried() {
        let passing = HTTPError(.connect, "nobody listens on host:443").storageError(subject)
        #expect(passing.code == .unavailable)
        #expect(passing.message == "uploading s3:https://host/bucket/data/00 failed: nobody listens on host:443")
        #expect(!HTTPError(.tls, "the certificate is not trusted").storageError(subject).isRetryable)
    }
}

@Suite struct S3RecoveryTests {
    private func decide(_ failure: S3Failure, made: S3Recovery.Made = [], isUpload: Bool = true) -> S3Recovery? {
        S3Recovery.decide(
            failure,
            made: made,
            region: "us-east-1",
            isUpload: isUpload,
            localTime: UTCTime(secondsSinceEpoch: 1000)
        )
    }

    @Test func changesTheRegionOnce() {
        let named = S3Failure(status: 400, code: "AuthorizationHeaderMalformed", region: "eu-west-1")
        #expect(decide(named) == .region("eu-west-1"))
        #expect(decide(named, made: .region) == nil)
        #expect(decide(S3Failure(status: 400, code: "AuthorizationHeaderMalformed", region: "us-east-1")) == nil)
        let endpoint = S3Failure(
            status: 301,
            code: "PermanentRedirect",
            endpoint: "bucket.s3.eu-central-1.amazonaws.com"
        )
        #expect(decide(endpoint) == .region("eu-central-1"))
        let words = S3Failure(
            status: 400,
            code: "AuthorizationHeaderMalformed",
            message: "the region 'us-east-1' is wrong; expecting 'us-west-2'"
        )
        #expect(decide(words) == .region("us-west-2"))
        #expect(decide(S3Failure(status: 400, code: "HTTP400", region: "eu-west-1")) == .region("eu-west-1"))
        #expect(decide(S3Failure(status: 404, code: "NoSuchKey", region: "eu-west-1")) == nil)
    }

    @Test func setsTheClockByTheServer() {
        let failure = S3Failure(
            status: 403,
            code: "RequestTimeTooSkewed",
            serverTime: UTCTime(secondsSinceEpoch: 4600)
        )
        #expect(decide(failure) == .clock(offsetSeconds: 3600))
        #expect(decide(failure, made: .clock) == nil)
        #expect(decide(S3Failure(status: 403, code: "RequestTimeTooSkewed")) == nil)
    }

    @Test(arguments: ["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"])
    func asksForFreshCredentials(code: String) {
        #expect(decide(S3Failure(status: 400, code: code)) == .credentials)
        #expect(decide(S3Failure(status: 400, code: code), made: .credentials) == nil)
    }

    @Test func addsAChecksumWhereTheBucketWantsOne() {
        let failure = S3Failure(
            status: 400,
            code: "InvalidRequest",
            message:
                "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
        #expect(decide(failure) == .checksum)
        #expect(decide(failure, isUpload: false) == nil)
        #expect(decide(failure, made: .checksum) == nil)
        #expect(decide(S3Failure(status: 400, code: "InvalidRequest", message: "something else")) == nil)
    }
}
