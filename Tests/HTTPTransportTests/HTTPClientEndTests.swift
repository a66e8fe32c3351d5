// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import HTTPTransport

/// How every HTTP client must end requests early: cancellation, time-outs, closing.
@Suite(.timeLimit(.minutes(1)))
struct HTTPClientEndTests {
    /// Where a request is when it is cancelled.
    enum Stage: CaseIterable {
        case beforeHead, afterHead, inBody, whilePaused, inUpload, inHandler
    }

    @Test(arguments: Stage.allCases)
    func `cancelling ends the transfer at once`(stage: Stage) async throws {
        let client = try CurlHTTPClient(configuration: .loopback)
        let reached = Signal()
        let clientLeft = Signal()
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            switch stage {
            case .beforeHead: reached.set()
            case .inUpload:
                _ = try connection.read(count: 1)
                reached.set()
            case .afterHead, .inHandler: try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            case .inBody: try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nsome")
            case .whilePaused:
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
                _ = try connection.writeWhileTaken([UInt8](repeating: 0, count: 90_000_000), milliseconds: 200)
                reached.set()
            }
            #expect(request.version == "HTTP/1.1")
            connection.waitForClientToClose()
            clientLeft.set()
        } _: { server async throws in
            var request = HTTPRequest(method: "PUT", url: server.url())
            if stage == .inUpload { request.body = .pieces([[UInt8](repeating: 0, count: 64 << 20)]) }
            let sent = request
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await client.execute(sent) { _, body in
                            if stage == .afterHead { reached.set() }
                            if stage == .inHandler || stage == .whilePaused {
                                if stage == .inHandler { reached.set() }
                                await clientLeft.wait()
                            }
                            for try await _ in body where stage == .inBody { reached.set() }
                        }
                    }
                }
                await reached.wait()
                group.cancelAll()
            }
            await clientLeft.wait()
        }
        await client.close()
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let client = try CurlHTTPClient(configuration: .loopback)
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
        } _: { server async throws in
            let url = server.url()
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await client.send(HTTPRequest(method: "GET", url: url), maximumBodyByteCount: 1)
                    }
                }
            }
            #expect(server.connectionCount == 0)
        }
        await client.close()
    }

    @Test func `cancelling ends a connection attempt, and attempts time out`() async throws {
        try await withUnansweringPort { port in
            var configuration = CurlHTTPClient.Configuration.loopback
            configuration.connectTimeout = .milliseconds(300)
            let client = try CurlHTTPClient(configuration: configuration)
            let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(port)/")
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(request, maximumBodyByteCount: 1)
            }
            #expect(error?.code == .connectTimeout)
            #expect(error?.isRetryable == true)
            await client.close()

            let patient = try CurlHTTPClient(configuration: .loopback)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await patient.send(request, maximumBodyByteCount: 1)
                    }
                }
                group.cancelAll()
            }
            await patient.close()
        }
    }

    @Test func `nobody listening is a connection error that names the address`() async throws {
        let socket = try LoopbackSocket.listen(backlog: 1)
        Glibc.close(socket.descriptor)
        let client = try CurlHTTPClient(configuration: .loopback)
        let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(socket.port)/secret?signature=secret")
        let error = await #expect(throws: HTTPError.self) { try await client.send(request, maximumBodyByteCount: 1) }
        #expect(error?.code == .connect)
        #expect(error?.message.contains("127.0.0.1:\(socket.port)") == true)
        #expect(error?.message.contains("secret") == false)
        await client.close()
    }

    @Test(arguments: [0, 1, 2])
    func `standing still times out, before the head, in it or in the body`(stage: Int) async throws {
        let client = try CurlHTTPClient(configuration: .loopback)
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            if stage == 1 { try connection.write("HTTP/1.1 200 OK\r\nX:") }
            if stage == 2 { try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart") }
            connection.waitForClientToClose()
        } _: { server async throws in
            var request = HTTPRequest(method: "GET", url: server.url())
            request.stallTimeout = .after(.milliseconds(200))
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(request) { _, body in
                    for try await _ in body {}
                }
            }
            #expect(error?.code == .stallTimeout)
            #expect(error?.isRetryable == true)
        }
        await client.close()
    }

    @Test func `a reader that takes its time is no stall`() async throws {
        let client = try CurlHTTPClient(configuration: .loopback)
        let stalled = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            let content = [UInt8](repeating: 0, count: 64 << 20)
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(content.count)\r\n\r\n")
            let first = try connection.writeWhileTaken(content, milliseconds: 1_600)
            stalled.set()
            try connection.write(content, from: first)
        } _: { server async throws in
            var request = HTTPRequest(method: "GET", url: server.url())
            request.stallTimeout = .after(.seconds(1))
            let count = try await client.execute(request) { _, body in
                await stalled.wait()
                return try await body.reduce(0) { $0 + $1.count }
            }
            #expect(count == 64 << 20)
        }
        await client.close()
    }

    @Test func `the whole exchange has its limit`() async throws {
        let client = try CurlHTTPClient(configuration: .loopback)
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            // Never still for long enough to be a stall.
            while true {
                try connection.writeChunk("tick")
                var none = pollfdForNothing
                unsafe poll(&none, 1, 10)
            }
        } _: { server async throws in
            var request = HTTPRequest(method: "GET", url: server.url(), totalTimeout: .milliseconds(300))
            request.stallTimeout = .after(.seconds(20))
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(request) { _, body in
                    for try await _ in body {}
                }
            }
            #expect(error?.code == .totalTimeout)
        }
        await client.close()
    }

    @Test func `closing fails what is under way, refuses what comes, and ends the thread`() async throws {
        let reached = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            reached.set()
            connection.waitForClientToClose()
        } _: { server async throws in
            let client = try CurlHTTPClient(configuration: .loopback)
            let request = HTTPRequest(method: "GET", url: server.url())
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let error = await #expect(throws: HTTPError.self) {
                        try await client.send(request, maximumBodyByteCount: 1)
                    }
                    #expect(error?.code == .closed)
                }
                await reached.wait()
                await client.close()
                try await group.waitForAll()
            }
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(request, maximumBodyByteCount: 1)
            }
            #expect(error?.code == .closed)
            await client.close()
        }
    }

    @Test func `a scope ends its client, whatever its end`() async throws {
        struct ScopeFailure: Error {}
        let kept = Mutex<CurlHTTPClient?>(nil)
        await #expect(throws: ScopeFailure.self) {
            try await CurlHTTPClient.withClient(configuration: .loopback) { client in
                kept.withLock { $0 = client }
                throw ScopeFailure()
            }
        }
        let client = try #require(kept.withLock { $0 })
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"), maximumBodyByteCount: 1)
        }
        #expect(error?.code == .closed)
    }

    @Test func `a handler's error is the request's error`() async throws {
        struct HandlerFailure: Error {}
        let clientLeft = Signal()
        let client = try CurlHTTPClient(configuration: .loopback)
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            connection.waitForClientToClose()
            clientLeft.set()
        } _: { server async throws in
            await #expect(throws: HandlerFailure.self) {
                try await client.execute(HTTPRequest(method: "GET", url: server.url())) { _, _ in throw HandlerFailure()
                }
            }
            await clientLeft.wait()
        }
        await client.close()
    }

    /// Runs `body` with a port whose queue of connections is full, so that connecting to it gets no answer.
    private func withUnansweringPort(_ body: (Int) async throws -> Void) async throws {
        let socket = try LoopbackSocket.listen(backlog: 0)
        var clients: [Int32] = []
        defer { for descriptor in clients + [socket.descriptor] { Glibc.close(descriptor) } }
        for _ in 0..<8 { clients.append(try LoopbackSocket.connect(port: socket.port, isBlocking: false)) }
        try await body(socket.port)
    }
}

/// For `poll` as a timer on a server's thread.
let pollfdForNothing = pollfd(fd: -1, events: 0, revents: 0)
