// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import ObjectStorage
internal import Synchronization

/// Sends S3 requests to one bucket and remembers what its answers taught: region, clock offset, need for checksums.
final class S3Session: Sendable {
    /// An answer that is not a refusal.
    struct Answer: Sendable {
        var head: HTTPResponseHead
        var bytes: [UInt8]
    }

    /// What came back: a result made of an accepted answer, or a refusal.
    enum Outcome<Result: Sendable>: Sendable {
        case accepted(Result)
        case refused(S3Failure)
    }

    private struct Learned {
        var region: String
        var clockOffsetSeconds: Int64 = 0
        var checksum: UploadChecksum
    }

    let configuration: S3Configuration
    private let provider: any CredentialsProvider
    private let client: any HTTPClient
    private let wallClock: WallClock
    private let learned: Mutex<Learned>

    init(
        configuration: S3Configuration,
        credentials: any CredentialsProvider,
        client: any HTTPClient,
        wallClock: @escaping WallClock
    ) {
        self.configuration = configuration
        self.provider = credentials
        self.client = client
        self.wallClock = wallClock
        let host = configuration.location.host
        var checksum = configuration.checksum
        if checksum == .automatic, S3Endpoint.isAmazon(host) { checksum = .sha256 }
        learned = Mutex(
            Learned(
                region: configuration.region ?? S3Endpoint.region(inHost: host) ?? "us-east-1",
                checksum: checksum
            )
        )
    }

    /// The region requests are signed for at the moment.
    var region: String { learned.withLock { $0.region } }

    /// Sends a request and collects the answer's body; refusals become errors.
    ///
    /// - Parameter maximumByteCount: Largest body of an accepted answer.
    func send(_ request: S3Request, maximumByteCount: Int = 1 << 20) async throws -> Answer {
        let limit = max(maximumByteCount, S3Failure.maximumBodyByteCount)
        return try await perform(request) { client, httpRequest in
            let (head, bytes) = try await client.send(httpRequest, maximumBodyByteCount: limit)
            return Self.isAccepted(head.status)
                ? .accepted(Answer(head: head, bytes: bytes)) : .refused(S3Failure(head, body: bytes))
        }
    }

    /// Takes back the bytes of an answer.
    func recycle(_ bytes: consuming [UInt8]) { client.recycle(bytes) }

    /// Sends a request and hands the body of an accepted answer to `handle` as it comes; refusals become errors.
    func stream<Result: Sendable>(
        _ request: S3Request,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        try await perform(request) { client, httpRequest in
            try await client.execute(httpRequest) { head, body in
                if Self.isAccepted(head.status) { return .accepted(try await handle(head, body)) }
                return .refused(S3Failure(head, body: try await Self.prefix(of: body)))
            }
        }
    }

    /// A URL that reads `key` without further credentials.
    func presignedURL(_ request: S3Request, expiry: Duration) async throws -> String {
        var builder = try await requestBuilder().builder
        if let publicLocation = configuration.publicLocation {
            var location = publicLocation
            location.bucket = configuration.location.bucket
            builder.endpoint = S3Endpoint(location, addressing: configuration.addressing, region: builder.region)
        }
        guard let url = builder.presignedURL(request, expiry: expiry) else {
            throw StorageError(.invalid, "a presigned URL needs credentials, but this store is used without any")
        }
        return url
    }

    private func perform<Result: Sendable>(
        _ request: S3Request,
        _ exchange: (any HTTPClient, HTTPRequest) async throws -> Outcome<Result>
    ) async throws -> Result {
        var made: S3Recovery.Made = []
        while true {
            try Task.checkCancellation()
            let (builder, credentials) = try await requestBuilder()
            let outcome: Outcome<Result>
            do {
                outcome = try await exchange(client, builder.httpRequest(request))
            } catch let error as HTTPError {
                try Task.checkCancellation()
                throw error.storageError(subject(of: request, region: builder.region))
            }
            switch outcome {
            case .accepted(let result): return result
            case .refused(let failure):
                let recovery = S3Recovery.decide(
                    failure,
                    made: made,
                    region: builder.region,
                    isUpload: request.bodyKind == .object || request.bodyKind == .part,
                    localTime: wallClock()
                )
                guard let recovery else { throw failure.storageError(subject(of: request, region: builder.region)) }
                made.insert(recovery.kind)
                await apply(recovery, used: credentials)
            }
        }
    }

    private func requestBuilder() async throws -> (builder: RequestBuilder, credentials: AWSCredentials?) {
        let credentials: AWSCredentials?
        do {
            credentials = try await provider.credentials()
        } catch let error as CredentialsError {
            throw StorageError(
                error.code == .unavailable ? .unavailable : .denied,
                "there are no credentials for \(configuration.location.description): \(error.message)",
                cause: error
            )
        }
        let learned = learned.withLock { $0 }
        let builder = RequestBuilder(
            endpoint: S3Endpoint(
                configuration.location,
                addressing: configuration.addressing,
                region: learned.region
            ),
            region: learned.region,
            credentials: credentials,
            time: wallClock().advanced(bySeconds: learned.clockOffsetSeconds),
            checksum: learned.checksum,
            leavesUnknownPayloadsUnsigned: configuration.leavesUnknownPayloadsUnsigned,
            controlTimeout: configuration.controlTimeout
        )
        return (builder, credentials)
    }

    private func apply(_ recovery: S3Recovery, used: AWSCredentials?) async {
        switch recovery {
        case .region(let region): learned.withLock { $0.region = region }
        case .clock(let offset): learned.withLock { $0.clockOffsetSeconds = offset }
        case .checksum: learned.withLock { $0.checksum = $0.checksum == .sha256 ? .md5 : .sha256 }
        case .credentials:
            if let used { await provider.invalidate(used) }
        }
    }

    func subject(of request: S3Request, region: String) -> RequestSubject {
        RequestSubject(
            activity: request.activity,
            bucketLocation: "s3:\(configuration.location.scheme.rawValue)://\(configuration.location.authority)"
                + "/\(configuration.location.bucket)",
            bucket: configuration.location.bucket,
            key: request.key,
            permission: request.permission,
            region: region
        )
    }

    private static func isAccepted(_ status: Int) -> Bool { (200...299).contains(status) }

    private static func prefix(of body: HTTPResponseBody) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in body {
            bytes.append(contentsOf: piece.prefix(S3Failure.maximumBodyByteCount - bytes.count))
            if bytes.count == S3Failure.maximumBodyByteCount { break }
        }
        return bytes
    }
}

extension S3Recovery {
    var kind: Made {
        switch self {
        case .region: .region
        case .clock: .clock
        case .credentials: .credentials
        case .checksum: .checksum
        }
    }
}
