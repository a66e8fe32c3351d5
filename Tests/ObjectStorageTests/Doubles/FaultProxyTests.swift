// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import TestSupport

@Suite("FaultProxy", .timeLimit(.minutes(1)))
struct FaultProxyTests {
    /// A server that stores request bodies by target and answers with what it got, until its socket is shut down.
    private final class EchoServer: Sendable {
        let listener: Socket
        let stored = Shared<[String: [UInt8]]>([:])

        init() throws {
            listener = try Socket.listening()
            Thread { [self] in
                while let client = try? listener.accept() { Thread { self.serve(client) }.start() }
            }.start()
        }

        private func serve(_ client: Socket) {
            var reader = HTTPMessageReader(client)
            while let head = try? reader.readHead() {
                let body = Shared<[UInt8]>([])
                try? reader.readBody(head.requestFraming) { bytes in body.change { $0.append(contentsOf: bytes) } }
                stored.change { $0[head.target] = body.value }
                let answer: [UInt8]
                if head.target.hasPrefix("/chunked") {
                    answer = Array(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n6;x=y\r\nefghij\r\n0\r\n\r\n"
                            .utf8
                    )
                } else {
                    answer = Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.value.count)\r\n\r\n".utf8) + body.value
                }
                try? client.write(answer[...])
            }
            client.shutDown()
        }
    }

    /// One client connection that sends requests and reads answers.
    private struct Client {
        let socket: Socket
        var reader: HTTPMessageReader

        init(_ proxy: FaultProxy) throws {
            socket = try Socket.connected(port: proxy.port)
            reader = HTTPMessageReader(socket)
        }

        mutating func put(_ target: String, _ body: [UInt8], expect: String = "") throws -> (
            status: Int, body: [UInt8]
        )? {
            let head = "PUT \(target) HTTP/1.1\r\nHost: here\r\n\(expect)Content-Length: \(body.count)\r\n\r\n"
            try socket.write((Array(head.utf8) + body)[...])
            guard var answer = try reader.readHead() else { return nil }
            if answer.status == 100, let next = try reader.readHead() { answer = next }
            var received: [UInt8] = []
            try reader.readBody(answer.responseFraming(to: "PUT")) { received.append(contentsOf: $0) }
            return (answer.status, received)
        }
    }

    private func withProxy(
        _ script: @escaping FaultProxy.Script,
        _ body: (FaultProxy, EchoServer) async throws -> Void
    ) async throws {
        let server = try EchoServer()
        defer { server.listener.shutDown() }
        try await FaultProxy.with(upstreamPort: try server.listener.localPort(), script: script) { proxy in
            try await body(proxy, server)
        }
    }

    @Test("passes requests and answers unchanged over one connection")
    func passes() async throws {
        try await withProxy({ _ in .none }) { proxy, server in
            var client = try Client(proxy)
            for size in [0, 1, 100_000, 3_000_000] {
                let bytes = patternBytes(size)
                let answer = try #require(try client.put("/\(size)?x=y", bytes, expect: "Expect: 100-continue\r\n"))
                #expect(answer.status == 200)
                #expect(answer.body == bytes)
                #expect(server.stored.value["/\(size)?x=y"] == bytes)
            }
            let chunked = try #require(try client.put("/chunked", [1]))
            #expect(String(decoding: chunked.body, as: UTF8.self).contains("efghij"))
            #expect(proxy.requests.map(\.number) == [0, 1, 2, 3, 4])
            #expect(proxy.requests[0].headers.first?.value == "here")
        }
    }

    @Test("answers a burst itself, then lets the rest pass")
    func burst() async throws {
        try await withProxy({ $0.number < 2 ? .slowDown(retryAfter: 7) : .none }) { proxy, server in
            var client = try Client(proxy)
            for _ in 0..<2 {
                let answer = try #require(try client.put("/a", patternBytes(200_000)))
                #expect(answer.status == 503)
                #expect(String(decoding: answer.body, as: UTF8.self).contains("SlowDown"))
            }
            #expect(server.stored.value.isEmpty)
            #expect(try client.put("/a", [1])?.status == 200)
        }
    }

    @Test("a reset reaches the client before, while or after the server is asked")
    func resets() async throws {
        let script: FaultProxy.Script = { request in
            switch request.target {
            case "/before": .reset
            case "/while": .resetWhileSending(after: 1000)
            default: .loseResponse
            }
        }
        try await withProxy(script) { proxy, server in
            for target in ["/before", "/while", "/after"] {
                var client = try Client(proxy)
                #expect(throws: (any Error).self) {
                    let answer = try client.put(target, patternBytes(2000))
                    if answer == nil { throw HTTPHead.Malformed() }
                }
            }
            #expect(Set(server.stored.value.keys) == ["/after"])
        }
    }

    @Test("an answer can be cut or slowed down")
    func spoiledAnswers() async throws {
        let script: FaultProxy.Script = { request in
            request.target == "/cut"
                ? .truncateResponse(after: 500) : .slowResponse(pieceByteCount: 400, pause: .milliseconds(1))
        }
        try await withProxy(script) { proxy, _ in
            var slow = try Client(proxy)
            #expect(try slow.put("/slow", patternBytes(1500))?.body == patternBytes(1500))
            var cut = try Client(proxy)
            #expect(throws: HTTPHead.Malformed.self) { try cut.put("/cut", patternBytes(1000)) }
        }
    }

    @Test("a hanging request ends when the proxy does")
    func hang() async throws {
        try await withProxy({ _ in .hang }) { proxy, server in
            let client = try Client(proxy)
            try client.socket.write(Array("GET / HTTP/1.1\r\n\r\n".utf8)[...])
            #expect(server.stored.value.isEmpty)
        }
    }
}
