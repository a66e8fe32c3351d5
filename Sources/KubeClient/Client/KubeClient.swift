// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import HTTPTransport
package import KubeModel

/// Talks to one API server: sends requests as values, within a rate, with credentials that stay fresh.
///
/// Any number of tasks may use it at once.
package final class KubeClient: Sendable {
    /// What bounds the client's use of server and memory.
    package struct Limits: Sendable {
        /// Requests a second in the long run.
        package var requestsPerSecond = 50.0
        /// Requests at once after a pause.
        package var burst = 100
        /// For requests that do not say otherwise.
        package var timeout: Duration = .seconds(30)
        /// Largest object, and largest answer to anything but lists, watches and logs, in bytes.
        package var maximumObjectByteCount = 16 << 20

        package init() {}
    }

    package let configuration: ClusterConfiguration
    package let limits: Limits
    let http: any HTTPClient
    let clock: any Clock<Duration>
    private let gate: RequestGate

    package init(
        _ configuration: ClusterConfiguration,
        http: any HTTPClient,
        limits: Limits = Limits(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.configuration = configuration
        self.http = http
        self.limits = limits
        self.clock = clock
        gate = RequestGate(rate: limits.requestsPerSecond, burst: limits.burst, clock: clock)
    }

    /// Runs `body` with a client over a transport of its own, which is closed when `body` ends.
    package static func withClient<Result: Sendable>(
        _ configuration: ClusterConfiguration,
        limits: Limits = Limits(),
        _ body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        try await CurlHTTPClient.withClient(configuration: configuration.transport) { http in
            try await body(KubeClient(configuration, http: http, limits: limits))
        }
    }

    /// Sends a request and reads its answer as one value.
    ///
    /// - Throws: ``KubeError``, or `CancellationError`.
    package func send(_ request: KubeRequest) async throws -> JSONValue {
        let limit = limits.maximumObjectByteCount
        return try await exchange(request) { _, body in
            var bytes: [UInt8] = []
            for try await piece in body {
                guard piece.count <= limit - bytes.count else {
                    throw KubeError(.tooLarge, "\(request.purpose): the answer is larger than \(limit) bytes")
                }
                bytes.append(contentsOf: piece)
            }
            return try Self.parse(bytes, request)
        }
    }

    /// Sends a request and reads its answer as an object.
    package func sendForObject(_ request: KubeRequest) async throws -> KubeObject {
        let value = try await send(request)
        guard let object = KubeObject(json: value) else {
            throw KubeError.malformed("is no object", doing: request.purpose)
        }
        return object
    }

    /// Sends a request, again if the server asks for that, and hands a successful answer to `handle`.
    ///
    /// - Throws: ``KubeError``, `CancellationError`, or what `handle` throws.
    func exchange<Result: Sendable>(
        _ request: KubeRequest,
        stallTimeout: HTTPRequest.StallTimeout = .standard,
        upgrade: Upgrade? = nil,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        var retry = RequestRetry()
        while true {
            try await gate.pass()
            let authorization = try await configuration.credentials.authorization()
            var http = httpRequest(request, authorization)
            http.stallTimeout = stallTimeout
            upgrade?.apply(to: &http)
            let outcome = try await attempt(http, request, handle)
            switch outcome {
            case .success(let result): return result
            case .failure(let refusal):
                switch retry.decide(status: refusal.status, retryAfter: refusal.retryAfter) {
                case .giveUp: throw KubeError(refusal.status, doing: request.purpose)
                case .refreshCredentials: await configuration.credentials.invalidate(authorization)
                case .wait(let pause):
                    gate.hold(pause)
                    try await clock.sleep(for: pause)
                }
            }
        }
    }

    /// Goes on in another protocol after the answer's head.
    struct Upgrade: Sendable {
        let headers: [(name: String, value: String)]
        /// What is sent once the server agreed.
        let nextPiece: @Sendable () async throws -> [UInt8]?

        func apply(to request: inout HTTPRequest) {
            request.headers += headers
            request.switchesProtocol = true
            request.body = .stream(HTTPRequestStream(nextPiece: nextPiece))
        }
    }

    private struct Refusal: Error {
        let status: KubeStatus
        let retryAfter: Duration?
    }

    private func attempt<Result: Sendable>(
        _ httpRequest: HTTPRequest,
        _ request: KubeRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Swift.Result<Result, Refusal> {
        do {
            return try await http.execute(httpRequest) { head, body in
                if (200..<300).contains(head.status) || head.status == 101 {
                    return .success(try await handle(head, body))
                }
                return .failure(try await Self.refusal(head, body))
            }
        } catch let error as HTTPError {
            throw KubeError(error, doing: request.purpose)
        }
    }

    private static func refusal(_ head: HTTPResponseHead, _ body: HTTPResponseBody) async throws -> Refusal {
        var bytes: [UInt8] = []
        for try await piece in body {
            bytes.append(contentsOf: piece.prefix(maximumRefusalByteCount - bytes.count))
            if bytes.count == maximumRefusalByteCount { break }
        }
        let seconds = head.header("retry-after").flatMap { Int($0) }
        return Refusal(
            status: status(head.status, bytes),
            retryAfter: seconds.map { .seconds(min(max($0, 0), 86_400)) }
        )
    }

    private static let maximumRefusalByteCount = 64 << 10

    @inline(never)
    private static func status(_ code: Int, _ bytes: [UInt8]) -> KubeStatus {
        if let value = try? JSONText.parse(bytes), var status = KubeStatus(value) {
            if status.code == 0 { status.code = code }
            return status
        }
        return KubeStatus(code: code, reason: .init(httpStatus: code), message: "")
    }

    @inline(never)
    private static func parse(_ bytes: [UInt8], _ request: KubeRequest) throws -> JSONValue {
        do {
            return try JSONText.parse(bytes)
        } catch {
            throw KubeError.malformed("is no JSON: \(error)", doing: request.purpose, cause: error)
        }
    }

    private func httpRequest(_ request: KubeRequest, _ authorization: String?) -> HTTPRequest {
        var headers: [(name: String, value: String)] = [("Accept", request.accept)]
        if let authorization { headers.append(("Authorization", authorization)) }
        if let contentType = request.contentType { headers.append(("Content-Type", contentType)) }
        if let impersonation = configuration.impersonation {
            headers.append(("Impersonate-User", impersonation.user))
            if let uid = impersonation.uid { headers.append(("Impersonate-Uid", uid)) }
            for group in impersonation.groups { headers.append(("Impersonate-Group", group)) }
        }
        return HTTPRequest(
            method: request.method.rawValue,
            url: configuration.server + request.target,
            headers: headers,
            body: request.body.isEmpty ? .none : .pieces([request.body]),
            totalTimeout: request.timeout ?? limits.timeout
        )
    }
}
