// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import HTTPTransport

/// HTTP/2, many requests over one connection; connections are counted by a relay in between.
@Suite(.timeLimit(.minutes(1)))
struct CurlHTTP2Tests {
    let certificates: Certificates

    init() throws { certificates = try Certificates() }

    private func withPeer(_ body: (CurlHTTPClient, ScriptedServer, _ url: String) async throws -> Void) async throws {
        let peer = try HTTP2Peer(certificates)
        let port = peer.port
        var configuration = CurlHTTPClient.Configuration.loopback
        configuration.certificateAuthorities = .file(certificates.path("authority.pem"))
        try await CurlHTTPClient.withClient(configuration: configuration) { client in
            try await ScriptedServer.run { connection in
                try connection.relay(toPort: port)
            } _: { relay async throws in
                try await body(client, relay, "https://localhost:\(relay.port)/")
            }
        }
        withExtendedLifetime(peer) {}
    }

    @Test func `requests at once share a connection and get their own answers`() async throws {
        try await withPeer { client, relay, url async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        let body = [UInt8](repeating: UInt8(number), count: number * 5_003)
                        let request = HTTPRequest(method: "PUT", url: url, body: .pieces([body, [1]]))
                        let answer = try await client.send(request, maximumBodyByteCount: 1 << 20)
                        #expect(answer.head.status == 200)
                        #expect(answer.bytes == body + [1])
                    }
                }
                try await group.waitForAll()
            }
            #expect(relay.connectionCount == 1)
        }
    }

    @Test func `heads and errors arrive as over HTTP/1`() async throws {
        try await withPeer { client, _, url async throws in
            let found = HTTPRequest(method: "HEAD", url: url + "server.pem")
            let head = try await client.send(found, maximumBodyByteCount: 0).head
            #expect(head.status == 200)
            #expect(head.contentLength ?? 0 > 0)
            let missing = HTTPRequest(method: "GET", url: url + "nothing")
            #expect(try await client.send(missing, maximumBodyByteCount: 10_000).head.status == 404)
        }
    }

    @Test func `a streamed body comes back whole while the answer is read`() async throws {
        try await withPeer { client, _, url async throws in
            let remaining = Mutex(200)
            let stream = HTTPRequestStream {
                let number = remaining.withLock { remaining in
                    remaining -= 1
                    return remaining
                }
                return number >= 0 ? [UInt8](repeating: UInt8(number), count: 50_000) : nil
            }
            let count = try await client.execute(HTTPRequest(method: "PUT", url: url, body: .stream(stream))) {
                _,
                body in
                var count = 0
                for try await piece in body { count += piece.count }
                return count
            }
            #expect(count == 10_000_000)
        }
    }

    @Test func `cancelling one request leaves the others and the connection alone`() async throws {
        try await withPeer { client, relay, url async throws in
            // With the connection there, cancelling cannot end an attempt to connect.
            let first = HTTPRequest(method: "PUT", url: url, body: .pieces([[1]]))
            #expect(try await client.send(first, maximumBodyByteCount: 1).bytes == [1])
            let started = Signal()
            let left = Signal()
            let stream = HTTPRequestStream {
                started.set()
                try await withTaskCancellationHandler {
                    await left.wait()
                    try Task.checkCancellation()
                } onCancel: {
                    left.set()
                }
                return nil
            }
            let hanging = HTTPRequest(method: "PUT", url: url, body: .stream(stream))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await client.send(hanging, maximumBodyByteCount: 1)
                    }
                }
                await started.wait()
                group.cancelAll()
            }
            for _ in 0..<3 {
                let request = HTTPRequest(method: "PUT", url: url, body: .pieces([[1, 2, 3]]))
                #expect(try await client.send(request, maximumBodyByteCount: 3).bytes == [1, 2, 3])
            }
            #expect(relay.connectionCount == 1)
        }
    }

    @Test func `a slow reader of one answer does not hold up another`() async throws {
        try await withPeer { client, relay, url async throws in
            let content = [UInt8](repeating: 8, count: 30_000_000)
            let large = HTTPRequest(method: "PUT", url: url, body: .pieces([content]))
            let count = try await client.execute(large) { _, body in
                var iterator = body.makeAsyncIterator()
                var count = try await iterator.next()?.count ?? 0
                // Nothing of the large answer is read meanwhile.
                for _ in 0..<20 {
                    let small = HTTPRequest(method: "PUT", url: url, body: .pieces([[9]]))
                    #expect(try await client.send(small, maximumBodyByteCount: 1).bytes == [9])
                }
                while let piece = try await iterator.next() { count += piece.count }
                return count
            }
            #expect(count == content.count)
            #expect(relay.connectionCount == 1)
        }
    }
}
