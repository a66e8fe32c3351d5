// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("Client", .timeLimit(.minutes(1)))
struct KubeClientTests {
    typealias Answer = ScriptedHTTPClient.Answer

    private let key = ObjectKey(namespace: "n", name: "x")
    private let clock = ManualClock(jumps: true)

    private func client(
        _ http: ScriptedHTTPClient,
        credentials: any RequestCredentials = FixedCredentials(),
        limits: KubeClient.Limits = KubeClient.Limits()
    ) -> KubeClient {
        let configuration = ClusterConfiguration(server: "https://k:6443/", credentials: credentials)
        return KubeClient(configuration, http: http, limits: limits, clock: clock)
    }

    private static func status(_ code: Int, _ reason: String, headers: [(name: String, value: String)] = []) -> Answer {
        Answer(
            code,
            headers: headers,
            #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"why","reason":"\#(reason)","code":\#(code)}"#
        )
    }

    @Test("requests go to the server with credentials and a deadline")
    func request() async throws {
        let http = ScriptedHTTPClient(
            Answer(#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"}}"#, inPiecesOf: 3)
        )
        let pod = try await client(http, credentials: FixedCredentials(token: "t")).get(Pod.self, key)
        #expect(pod?.name == "x")
        let request = try #require(http.requests.first)
        #expect(request.url == "https://k:6443/api/v1/namespaces/n/pods/x")
        #expect(request.headerValue("Authorization") == "Bearer t")
        #expect(request.totalTimeout == .seconds(30))
    }

    @Test(
        "refusals become errors to branch on, with the server's words",
        arguments: [
            (404, "NotFound", .notFound), (409, "AlreadyExists", .alreadyExists), (409, "Conflict", .conflict),
            (410, "Expired", .expired), (410, "Gone", .expired), (422, "Invalid", .invalid),
            (403, "Forbidden", .forbidden),
            (401, "Unauthorized", .unauthorized), (500, "InternalError", .unavailable),
            (405, "MethodNotAllowed", .rejected),
        ] as [(Int, String, KubeError.Code)]
    )
    func refusals(_ code: Int, _ reason: String, _ expected: KubeError.Code) async throws {
        let http = ScriptedHTTPClient(Self.status(code, reason))
        let error = try await #require(throws: KubeError.self) {
            try await client(http).create(Pod(name: "x", namespace: "n"))
        }
        #expect(error.code == expected)
        #expect(error.message == "create pods x: why")
        #expect(error.status?.reason.rawValue == reason)
    }

    @Test("an answer that is no Status, as proxies give it, is judged by its code")
    func foreignAnswer() async throws {
        let http = ScriptedHTTPClient(Answer(502, "<html>bad gateway</html>"))
        let error = try await #require(throws: KubeError.self) { try await client(http).get(Pod.self, key) }
        #expect(error.code == .unavailable)
        #expect(error.isRetryable)
        #expect(!error.message.contains("html"))
    }

    @Test("what is missing is nil, and its deletion no failure")
    func missing() async throws {
        let http = ScriptedHTTPClient(Self.status(404, "NotFound"))
        #expect(try await client(http).get(Pod.self, key) == nil)
        try await client(http).delete(Pod.resourceType, key)
    }

    @Test("a throttled request comes back after the time the server asks for")
    func throttled() async throws {
        let http = ScriptedHTTPClient(
            Self.status(429, "TooManyRequests", headers: [("Retry-After", "7")]),
            Self.status(429, "TooManyRequests", headers: [("Retry-After", "2")]),
            Answer(200, "{}")
        )
        _ = try await client(http).send(KubeRequest(.get, path: "/x", purpose: "try"))
        #expect(http.requests.count == 3)
        #expect(clock.now.sinceStart >= .seconds(9))
    }

    @Test("throttling without end is given up")
    func throttledForEver() async throws {
        let http = ScriptedHTTPClient(Self.status(429, "TooManyRequests", headers: [("Retry-After", "100000")]))
        let error = try await #require(throws: KubeError.self) {
            try await client(http).send(KubeRequest(.get, path: "/x", purpose: "try"))
        }
        #expect(error.code == .throttled)
        #expect(http.requests.count == 9)
        #expect(clock.now.sinceStart < .seconds(600))
    }

    @Test("a failure the server may have acted on is not repeated")
    func notRepeated() async throws {
        for code in [500, 503, 504] {
            let http = ScriptedHTTPClient(Self.status(code, "InternalError"))
            await #expect(throws: KubeError.self) { try await client(http).create(Pod(name: "x", namespace: "n")) }
            #expect(http.requests.count == 1)
        }
    }

    @Test("refused credentials are fetched anew, once")
    func freshCredentials() async throws {
        let fetched = Shared(0)
        let credentials = RenewedCredentials(clock: clock) {
            let count = fetched.change { count in
                count += 1
                return count
            }
            return .init(authorization: "Bearer \(count)", lifetime: nil)
        }
        let http = ScriptedHTTPClient { request, _ in
            request.headerValue("Authorization") == "Bearer 2" ? Answer(200, "{}") : Self.status(401, "Unauthorized")
        }
        let client = client(http, credentials: credentials)
        _ = try await client.send(KubeRequest(.get, path: "/x", purpose: "try"))
        _ = try await client.send(KubeRequest(.get, path: "/x", purpose: "try"))
        #expect(http.requests.map { $0.headerValue("Authorization") } == ["Bearer 1", "Bearer 2", "Bearer 2"])
        await credentials.invalidate("Bearer 2")
        await #expect(throws: KubeError.self) { try await client.send(KubeRequest(.get, path: "/x", purpose: "try")) }
        #expect(fetched.value == 4)
    }

    @Test("the rate is kept")
    func rate() async throws {
        var limits = KubeClient.Limits()
        limits.requestsPerSecond = 10
        limits.burst = 5
        let client = client(ScriptedHTTPClient(Answer(200, "{}")), limits: limits)
        for _ in 0..<25 { _ = try await client.send(KubeRequest(.get, path: "/x", purpose: "try")) }
        #expect(clock.now.sinceStart == .seconds(2))
    }

    @Test("answers larger than allowed and answers that are no JSON are errors")
    func badAnswers() async throws {
        var limits = KubeClient.Limits()
        limits.maximumObjectByteCount = 10
        let large = ScriptedHTTPClient(Answer(#"{"a":"0123456789"}"#, inPiecesOf: 4))
        let tooLarge = try await #require(throws: KubeError.self) {
            try await client(large, limits: limits).send(KubeRequest(.get, path: "/x", purpose: "try"))
        }
        #expect(tooLarge.code == .tooLarge)
        for text in ["", "{", "<html>", "[]"] {
            let error = try await #require(throws: KubeError.self) {
                try await client(ScriptedHTTPClient(Answer(200, text))).get(Pod.self, key)
            }
            #expect(error.code == .malformed)
        }
    }

    @Test("a failed connection is told apart from a refusal")
    func network() async throws {
        let http = ScriptedHTTPClient { _, _ in throw HTTPError(.connect, "cannot connect to k:6443") }
        let error = try await #require(throws: KubeError.self) { try await client(http).get(Pod.self, key) }
        #expect(error.code == .network)
        #expect(error.isRetryable)
        #expect(error.message == "read pods n/x: cannot connect to k:6443")
    }

    @Test("an update sends only what changed, with the version if it must be exclusive")
    func update() async throws {
        let http = ScriptedHTTPClient(Answer(200, "{}"))
        var old = Pod(name: "x", namespace: "n")
        old.metadata.resourceVersion = "5"
        var new = old
        new["status", "phase"] = "Running"
        _ = try await client(http).update(from: old, to: new, subresource: "status", isExclusive: true)
        _ = try await client(http).update(from: old, to: old)
        #expect(
            http.requests.map(\.bodyText) == [#"{"status":{"phase":"Running"},"metadata":{"resourceVersion":"5"}}"#]
        )
    }
}
