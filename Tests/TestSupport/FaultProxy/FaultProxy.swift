// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// An HTTP/1.1 proxy of this machine that stands before a real server and spoils what passes as a script says.
///
/// Plain sockets on threads of its own, one per connection; one connection to the server per request. Requests and answers pass
/// byte for byte, `Host` included, so signatures stay valid; only `Expect: 100-continue` is answered here.
package final class FaultProxy: Sendable {
    /// One request as the proxy saw it.
    package struct Request: Sendable {
        /// Counts from 0 over all connections, in order of arrival.
        package var number: Int
        package var method: String
        /// Path and query as sent.
        package var target: String
        /// In order, names as sent.
        package var headers: [(name: String, value: String)]
    }

    /// What happens to a request.
    package enum Fault: Sendable {
        /// Nothing: it passes.
        case none
        /// The connection is reset before the server hears of it.
        case reset
        /// The connection is reset after this much of the body; the server gets none of it.
        case resetWhileSending(after: Int)
        /// The server never sees the request; this answer comes instead.
        case respond(status: Int, headers: [String: String] = [:], body: String = "")
        /// The server does what was asked, but its answer is lost: the connection is reset.
        case loseResponse
        /// The answer's body ends early, with the connection.
        case truncateResponse(after: Int)
        /// The answer's body comes in pieces of that size with a pause before each.
        case slowResponse(pieceByteCount: Int, pause: Duration)
        /// No answer ever comes; the server never sees the request.
        case hang

        /// What a store says that is asked too much: 503 with the code `SlowDown`.
        package static func slowDown(retryAfter seconds: Int? = nil) -> Fault {
            let body = "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>"
            var headers = ["Content-Type": "application/xml"]
            if let seconds { headers["Retry-After"] = String(seconds) }
            return .respond(status: 503, headers: headers, body: body)
        }

        /// What a store says that has a bad moment: 500 with the code `InternalError`.
        package static let internalError = Fault.respond(
            status: 500,
            headers: ["Content-Type": "application/xml"],
            body: "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>Try again</Message></Error>"
        )
    }

    package typealias Script = @Sendable (Request) -> Fault

    private struct State {
        var script: Script
        var requests: [Request] = []
        var connections: [Int: Socket] = [:]
        var lastID = 0
        var isStopped = false
    }

    /// Where clients connect: the address of the loopback unless said otherwise.
    package let host: String
    package let port: Int
    private let listener: Socket
    private let upstreamPort: Int
    private let state: Shared<State>

    private init(host: String, upstreamPort: Int, script: @escaping Script) throws {
        self.host = host
        listener = try Socket.listening(on: host)
        port = try listener.localPort()
        self.upstreamPort = upstreamPort
        state = Shared(State(script: script))
    }

    /// Runs `body` with a proxy before the server at `host`:`upstreamPort`; afterwards every connection is closed.
    ///
    /// - Parameter host: Where the server listens, and the proxy too.
    package static func with<Result>(
        host: String = "127.0.0.1",
        upstreamPort: Int,
        script: @escaping Script = { _ in .none },
        _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = try FaultProxy(host: host, upstreamPort: upstreamPort, script: script)
        Thread { proxy.accept() }.start()
        defer { proxy.stop() }
        return try await body(proxy)
    }

    /// The address for clients, such as `http://127.0.0.1:41233`.
    package var url: String { "http://\(host):\(port)" }

    /// Every request so far.
    package var requests: [Request] { state.value.requests }

    /// Replaces the script for requests not yet begun.
    package func setScript(_ script: @escaping Script) {
        state.change { $0.script = script }
    }

    private func accept() {
        while let client = try? listener.accept() {
            let id: Int? = state.change { state in
                guard !state.isStopped else { return nil }
                state.lastID += 1
                state.connections[state.lastID] = client
                return state.lastID
            }
            guard let id else { return }
            Thread { [self] in
                ProxyConnection(client: client, upstream: (host, upstreamPort), decide: self.begin).run()
                state.change { $0.connections[id] = nil }
            }.start()
        }
    }

    private func begin(_ head: HTTPHead) -> Fault {
        let (script, request) = state.change { state in
            let request = Request(
                number: state.requests.count,
                method: head.method,
                target: head.target,
                headers: head.headers
            )
            state.requests.append(request)
            return (state.script, request)
        }
        return script(request)
    }

    private func stop() {
        let connections = state.change { state in
            state.isStopped = true
            return Array(state.connections.values)
        }
        listener.shutDown()
        for connection in connections { connection.shutDown() }
    }
}
