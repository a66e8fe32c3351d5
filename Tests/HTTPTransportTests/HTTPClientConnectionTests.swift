// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Glibc
import Synchronization
import Testing

@testable import HTTPTransport

/// How every HTTP client must treat connections: reuse, many at once, back-pressure.
@Suite(.timeLimit(.minutes(1)))
struct HTTPClientConnectionTests {
    let client: CurlHTTPClient

    init() throws { client = try CurlHTTPClient(configuration: .loopback) }

    @Test func `requests one after another share a connection`() async throws {
        try await ScriptedServer.run { connection in
            while true {
                let request = try connection.readHead()
                _ = try connection.readBody(request)
                try connection.answer(body: [UInt8](repeating: 0, count: 300_000))
            }
        } _: { server async throws in
            for method in ["GET", "PUT", "POST", "GET", "DELETE"] {
                let body = HTTPRequestBody.pieces([[UInt8](repeating: 1, count: 200_000)])
                let request = HTTPRequest(method: method, url: server.url(), body: method == "PUT" ? body : .none)
                _ = try await client.send(request, maximumBodyByteCount: 300_000)
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a connection whose peer is gone without a word is given up after a minute`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.answer(text: "here")
            _ = try connection.readHead()
        } _: { server async throws in
            let request = HTTPRequest(method: "GET", url: server.url())
            _ = try await client.send(request, maximumBodyByteCount: 10)
            let port = try #require(server.origin.split(separator: ":").last.flatMap { UInt16($0) })
            // The kernel's rule is what can be seen without pulling a plug.
            let socket = try #require((3..<1024).first { peerPort(of: Int32($0)) == port }.map { Int32($0) })
            #expect(option(TCP_USER_TIMEOUT, level: Int32(IPPROTO_TCP), of: socket) == 60_000)
            #expect(option(SO_KEEPALIVE, level: SOL_SOCKET, of: socket) == 1)
        }
    }

    private func peerPort(of descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var byteCount = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(descriptor, $0, &byteCount)
            }
        }
        return status == 0 && address.sin_family == AF_INET ? UInt16(bigEndian: address.sin_port) : nil
    }

    private func option(_ name: Int32, level: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var byteCount = socklen_t(4)
        return unsafe getsockopt(descriptor, level, name, &value, &byteCount) == 0 ? value : nil
    }

    @Test func `after switching protocols both sides send raw bytes as they like`() async throws {
        let outgoing = BoundedChannel<[UInt8]>(capacity: 8)
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            guard request.header("upgrade") == "echo", request.header("transfer-encoding") == nil else { return }
            try connection.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello"
            )
            while true {
                let bytes = try connection.read(count: 4)
                try connection.write(String(decoding: bytes.reversed(), as: UTF8.self))
            }
        } _: { server async throws in
            var request = HTTPRequest(method: "GET", url: server.url())
            request.headers = [("Connection", "Upgrade"), ("Upgrade", "echo")]
            request.switchesProtocol = true
            request.body = .stream(HTTPRequestStream { try await outgoing.receive() })
            let text = try await client.execute(request) { head, body in
                #expect(head.status == 101)
                var text = ""
                for try await piece in body {
                    text += String(decoding: piece, as: UTF8.self)
                    switch text {
                    case "hello": try await outgoing.send(Array("abcd".utf8))
                    case "hellodcba": try await outgoing.send(Array("1234".utf8))
                    case "hellodcba4321": return text
                    default: break
                    }
                }
                return text
            }
            outgoing.finish()
            #expect(text == "hellodcba4321")
        }
    }

    @Test func `a small unread body does not cost the connection`() async throws {
        let mayContinue = Signal()
        try await ScriptedServer.run { connection in
            var isFirst = true
            while true {
                _ = try connection.readHead()
                guard isFirst else {
                    try connection.answer(text: "next")
                    continue
                }
                isFirst = false
                try connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n")
                mayContinue.waitOnThread()
                try connection.write("ten bytes.")
            }
        } _: { server async throws in
            let status = try await client.execute(HTTPRequest(method: "GET", url: server.url())) { head, _ in
                head.status
            }
            #expect(status == 404)
            mayContinue.set()
            // Both may run at once, so the second one may open a connection; the one after that finds the first free.
            for _ in 0..<3 {
                _ = try await client.send(HTTPRequest(method: "GET", url: server.url()), maximumBodyByteCount: 10)
            }
            #expect(server.connectionCount <= 2)
        }
    }

    @Test func `an endless unread body is not read to its end`() async throws {
        let sawEnd = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.waitForClientToClose()
            sawEnd.set()
        } _: { server async throws in
            try await client.execute(HTTPRequest(method: "GET", url: server.url())) { _, _ in }
            await sawEnd.wait()
        }
    }

    @Test func `reading a body after its handler returned is an error`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            connection.waitForClientToClose()
        } _: { server async throws in
            let body = try await client.execute(HTTPRequest(method: "GET", url: server.url())) { _, body in body }
            var iterator = body.makeAsyncIterator()
            let error = await #expect(throws: HTTPError.self) { try await iterator.next() }
            #expect(error?.code == .closed)
        }
    }

    @Test func `many requests at once all get their own answers`() async throws {
        try await ScriptedServer.run { connection in
            while true {
                let request = try connection.readHead()
                let body = try connection.readBody(request)
                try connection.answer(body: Array(request.target.utf8) + body)
            }
        } _: { server async throws in
            let client = client
            let url = server.url("/")
            try await withThrowingTaskGroup { group in
                for number in 0..<300 {
                    group.addTask {
                        let body = [UInt8](repeating: UInt8(number % 251), count: number * 37)
                        let request = HTTPRequest(method: "PUT", url: url + String(number), body: .pieces([body]))
                        if number % 2 == 0 {
                            let answer = try await client.send(request, maximumBodyByteCount: 1 << 20)
                            #expect(answer.bytes == Array("/\(number)".utf8) + body)
                        } else {
                            try await client.execute(request) { _, answer in
                                let bytes = try await answer.reduce(into: []) { $0 += $1 }
                                #expect(bytes == Array("/\(number)".utf8) + body)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a slow reader stops the server instead of filling memory`() async throws {
        let byteCount = 256 << 20
        let stalled = Signal()
        let taken = Mutex(0)
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n")
            let content = [UInt8](repeating: 3, count: byteCount)
            let first = try connection.writeWhileTaken(content, milliseconds: 400)
            taken.withLock { $0 = first }
            stalled.set()
            try connection.write(content, from: first)
        } _: { server async throws in
            let received = try await client.execute(HTTPRequest(method: "GET", url: server.url())) { _, body in
                var iterator = body.makeAsyncIterator()
                var count = try await iterator.next()?.count ?? 0
                await stalled.wait()
                while let piece = try await iterator.next() {
                    #expect(piece.count <= client.configuration.receiveWindowByteCount + (512 << 10))
                    count += piece.count
                }
                return count
            }
            #expect(received == byteCount)
            // Window, libcurl's buffer and the kernel's socket buffers.
            #expect(taken.withLock { $0 } < 32 << 20)
        }
    }

    @Test func `a server that does not read stops the source instead of filling memory`() async throws {
        let cancelled = Signal()
        let produced = Mutex(0)
        let sourceStopped = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            // Reads nothing until the source has been asked for nothing more for a while.
            var previous = -1
            while true {
                let current = produced.withLock { $0 }
                if current == previous { break }
                previous = current
                var none = pollfdForNothing
                unsafe poll(&none, 1, 300)
            }
            sourceStopped.set()
            cancelled.waitOnThread()
        } _: { server async throws in
            let stream = HTTPRequestStream {
                produced.withLock { $0 += 100_000 }
                return [UInt8](repeating: 1, count: 100_000)
            }
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .stream(stream))
            let client = client
            await withTaskGroup { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await client.send(request, maximumBodyByteCount: 1)
                    }
                }
                await sourceStopped.wait()
                group.cancelAll()
            }
            cancelled.set()
            #expect(produced.withLock { $0 } < 32 << 20)
        }
    }

    @Test func `idle connections past the limit are closed`() async throws {
        var configuration = CurlHTTPClient.Configuration.loopback
        configuration.maximumIdleConnectionCount = 2
        let client = try CurlHTTPClient(configuration: configuration)
        let all = Signal()
        let arrived = Mutex(0)
        let closed = Mutex(0)
        let enoughClosed = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            let count = arrived.withLock { count in
                count += 1
                return count
            }
            if count == 8 { all.set() }
            all.waitOnThread()
            try connection.answer(text: "ok")
            connection.waitForClientToClose()
            let closedCount = closed.withLock { count in
                count += 1
                return count
            }
            if closedCount == 6 { enoughClosed.set() }
        } _: { server async throws in
            let url = server.url()
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = try await client.send(HTTPRequest(method: "GET", url: url), maximumBodyByteCount: 9)
                    }
                }
                try await group.waitForAll()
            }
            await enoughClosed.wait()
        }
        await client.close()
    }
}
