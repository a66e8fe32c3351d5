// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthServerTests {
    private let loopback = ListenAddress(host: "127.0.0.1", port: 0)

    private func ask(_ port: UInt16, _ path: String, method: String = "GET") async throws -> (Int, String) {
        try await CurlHTTPClient.withClient { client in
            let request = HTTPRequest(method: method, url: "http://127.0.0.1:\(port)\(path)")
            return try await client.execute(request) { head, body in
                var bytes: [UInt8] = []
                for try await piece in body { bytes += piece }
                return (head.status, String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    @Test func `metrics, health and readiness`() async throws {
        let registry = MetricRegistry()
        registry.gauge(VeleroMetric.isLeader).set(3)
        let isReady = Atomic(false)
        let sources = HealthSources(
            metrics: registry,
            isReady: { isReady.load(ordering: .relaxed) ? .good : .bad("waiting for the API server") }
        )
        try await HealthServer.serve(loopback, sources) { port in
            let metrics = try await ask(port, "/metrics")
            #expect(metrics.0 == 200)
            #expect(metrics.1.contains("velero_server_leader 3\n"))
            #expect(try await ask(port, "/healthz") == (200, "ok\n"))
            #expect(try await ask(port, "/readyz") == (503, "waiting for the API server\n"))
            isReady.store(true, ordering: .relaxed)
            #expect(try await ask(port, "/readyz?verbose=1") == (200, "ok\n"))
            #expect(try await ask(port, "/etc/passwd").0 == 404)
            #expect(try await ask(port, "/metrics", method: "DELETE").0 == 405)
        }
    }

    @Test func `a port that is taken is named with what to do`() async throws {
        let sources = HealthSources(metrics: MetricRegistry())
        try await HealthServer.serve(loopback, sources) { port in
            let error = await #expect(throws: HealthServerError.self) {
                try await HealthServer.serve(ListenAddress(host: "127.0.0.1", port: port), sources) { _ in }
            }
            #expect(error?.description.contains("--metrics-address") == true)
        }
    }

    @Test func `it stops listening at the end, and can start again on the same port`() async throws {
        let sources = HealthSources(metrics: MetricRegistry())
        let port = try await HealthServer.serve(loopback, sources) { $0 }
        await #expect(throws: HTTPError.self) { try await ask(port, "/healthz") }
        try await HealthServer.serve(ListenAddress(host: "127.0.0.1", port: port), sources) { port in
            let answer = try await ask(port, "/healthz")
            #expect(answer.0 == 200)
        }
    }

    @Test(arguments: [
        (":8085", "", 8085), ("127.0.0.1:0", "127.0.0.1", 0), ("localhost:9", "127.0.0.1", 9),
        ("[::1]:8085", "::1", 8085),
    ])
    func `addresses of the flag`(_ text: String, host: String, port: UInt16) {
        #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
    }

    @Test(arguments: ["", "8085", "1.2.3.4", "example.org:80", "::1:80", ":99999", "[1.2.3.4]:80"])
    func `what is no address`(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
