// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import S3Storage
import Testing

@Suite struct RequestSignerTests {
    @Test("Signs as AWS's test suite says", arguments: signingSuite)
    func signsSuiteCase(_ test: SuiteCase) throws {
        let headers = signer(test).authorizationHeaders(for: request(test, test.headers))
        let authorization = try #require(headers.last)
        #expect(authorization.name == "Authorization")
        #expect(authorization.value.hasSuffix(", Signature=\(test.signature)"))
        #expect(
            authorization.value.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host"
            ) || !test.headers.isEmpty
        )
    }

    @Test("Presigns as AWS's test suite says", arguments: signingSuite)
    func presignsSuiteCase(_ test: SuiteCase) throws {
        let query = signer(test).presignedQuery(for: request(test, test.presignedHeaders), expiry: .seconds(3600))
        #expect(query.last?.name == "X-Amz-Signature")
        #expect(query.last?.value == test.presignedSignature)
    }

    private func signer(_ test: SuiteCase) -> RequestSigner {
        RequestSigner(
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: test.token
            ),
            region: "us-east-1",
            service: "service",
            time: UTCTime(secondsSinceEpoch: 1_440_938_160)
        )
    }

    private func request(_ test: SuiteCase, _ headers: [(name: String, value: String)]) -> CanonicalRequest {
        CanonicalRequest(
            method: test.method,
            encodedPath: PercentEncoding.encodePath(test.path),
            query: test.query,
            headers: [("Host", "example.amazonaws.com")] + headers,
            payload: test.body.map { .sha256(hex: SHA256.digest(Array($0.utf8).span).hex) } ?? .empty
        )
    }
}

/// The examples of the S3 API reference, “Authenticating Requests (AWS Signature Version 4)”: signature calculations for the
/// authorization header, single chunk, and for query parameters.
@Suite struct PublishedS3SignatureTests {
    private let signer = RequestSigner(
        credentials: AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        ),
        region: "us-east-1",
        time: UTCTime(secondsSinceEpoch: 1_369_353_600)
    )
    private let host = (name: "Host", value: "examplebucket.s3.amazonaws.com")

    @Test func getsARange() {
        let request = CanonicalRequest(
            method: "GET",
            encodedPath: "/test.txt",
            query: [],
            headers: [host, ("Range", "bytes=0-9"), ("x-amz-content-sha256", PayloadHash.empty.text)],
            payload: .empty
        )
        #expect(signature(request) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func putsAnObject() {
        let payload = PayloadHash.sha256(hex: SHA256.digest(Array("Welcome to Amazon S3.".utf8).span).hex)
        let request = CanonicalRequest(
            method: "PUT",
            encodedPath: PercentEncoding.encodePath("/test$file.text"),
            query: [],
            headers: [
                host, ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-content-sha256", payload.text),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            payload: payload
        )
        #expect(signature(request) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func getsABucketsLifecycle() {
        let request = CanonicalRequest(
            method: "GET",
            encodedPath: "/",
            query: [("lifecycle", "")],
            headers: [host, ("x-amz-content-sha256", PayloadHash.empty.text)],
            payload: .empty
        )
        #expect(signature(request) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func listsObjects() {
        let request = CanonicalRequest(
            method: "GET",
            encodedPath: "/",
            query: [("max-keys", "2"), ("prefix", "J")],
            headers: [host, ("x-amz-content-sha256", PayloadHash.empty.text)],
            payload: .empty
        )
        #expect(signature(request) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func presigns() {
        let request = CanonicalRequest(
            method: "GET",
            encodedPath: "/test.txt",
            query: [],
            headers: [host],
            payload: .unsigned
        )
        let query = signer.presignedQuery(for: request, expiry: .seconds(86_400))
        #expect(
            query.last?.value == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        )
        #expect(query.contains { $0 == ("X-Amz-Expires", "86400") })
    }

    @Test(arguments: [(0, "1"), (604_801, "604800")])
    func clampsTheExpiry(seconds: Int, sent: String) {
        let request = CanonicalRequest(
            method: "GET",
            encodedPath: "/",
            query: [],
            headers: [host],
            payload: .unsigned
        )
        #expect(
            signer.presignedQuery(for: request, expiry: .seconds(seconds)).contains { $0 == ("X-Amz-Expires", sent) }
        )
    }

    private func signature(_ request: CanonicalRequest) -> String? {
        signer.authorizationHeaders(for: request).last?.value.split(separator: "=").last.map(String.init)
    }
}
