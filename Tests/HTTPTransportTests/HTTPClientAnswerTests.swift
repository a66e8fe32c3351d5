// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import HTTPTransport

/// What every HTTP client must make of a server's answers, well-formed or not.
@Suite(.timeLimit(.minutes(1)))
struct HTTPClientAnswerTests {
    let client: any HTTPClient

    init() throws { client = try CurlHTTPClient(configuration: .loopback) }

    private func get(_ server: ScriptedServer, _ path: String = "/", limit: Int = 1 << 20) async throws -> (
        head: HTTPResponseHead, bytes: [UInt8]
    ) {
        try await client.send(HTTPRequest(method: "GET", url: server.url(path)), maximumBodyByteCount: limit)
    }

    private func pieces(_ server: ScriptedServer, method: String = "GET") async throws -> (HTTPResponseHead, [UInt8]) {
        try await client.execute(HTTPRequest(method: method, url: server.url())) { head, body in
            var bytes: [UInt8] = []
            for try await piece in body { bytes += piece }
            return (head, bytes)
        }
    }

    @Test func `a body of known length arrives whole, collected and streamed`() async throws {
        let content = [UInt8](repeating: 7, count: 3_000_001)
        try await ScriptedServer.run { connection in
            while true {
                _ = try connection.readHead()
                try connection.answer(headers: ["X-Kind: Plain", "x-empty:"], body: content)
            }
        } _: { server async throws in
            let collected = try await get(server, limit: content.count)
            #expect(collected.head.status == 200)
            #expect(collected.head.header("x-KIND") == "Plain")
            #expect(collected.head.header("X-Empty") == "")
            #expect(collected.bytes == content)
            #expect(try await pieces(server).1 == content)
        }
    }

    @Test func `a chunked body arrives whole and its trailers are ignored`() async throws {
        try await ScriptedServer.run { connection in
            while true {
                _ = try connection.readHead()
                try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for word in ["one ", "two ", "three"] { try connection.writeChunk(word) }
                try connection.write("0\r\nX-Trailer: late\r\n\r\n")
            }
        } _: { server async throws in
            #expect(try await get(server).bytes == Array("one two three".utf8))
            let streamed = try await pieces(server)
            #expect(streamed.1 == Array("one two three".utf8))
            #expect(streamed.0.header("X-Trailer") == nil)
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `a body that ends with its connection arrives whole`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.0 200 OK\r\n\r\nuntil the end")
        } _: { server async throws in
            #expect(try await get(server).bytes == Array("until the end".utf8))
        }
    }

    @Test(arguments: ["204 No Content", "304 Not Modified"])
    func `an answer without a body ends at its head`(status: String) async throws {
        try await ScriptedServer.run { connection in
            while true {
                _ = try connection.readHead()
                try connection.write("HTTP/1.1 \(status)\r\nETag: \"e\"\r\nContent-Length: 90000000\r\n\r\n")
            }
        } _: { server async throws in
            #expect(try await get(server, limit: 10).bytes.isEmpty)
            #expect(try await pieces(server).1.isEmpty)
        }
    }

    @Test func `the answer to HEAD has the length but no body`() async throws {
        try await ScriptedServer.run { connection in
            while true {
                let request = try connection.readHead()
                #expect(request.method == "HEAD")
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 123456\r\n\r\n")
            }
        } _: { server async throws in
            let request = HTTPRequest(method: "HEAD", url: server.url())
            let answer = try await client.send(request, maximumBodyByteCount: 0)
            #expect(answer.head.header("content-length") == "123456")
            #expect(answer.bytes.isEmpty)
            #expect(try await pieces(server, method: "HEAD").1.isEmpty)
            #expect(server.connectionCount == 1)
        }
    }

    @Test(arguments: [400, 403, 404, 409, 429, 500, 503])
    func `an error status is an answer with its body`(status: Int) async throws {
        try await ScriptedServer.run { connection in
            while true {
                _ = try connection.readHead()
                try connection.answer("\(status) Whatever", text: "<Error/>")
            }
        } _: { server async throws in
            let answer = try await get(server)
            #expect(answer.head.status == status)
            #expect(answer.bytes == Array("<Error/>".utf8))
        }
    }

    @Test func `interim answers are passed over`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write(
                "HTTP/1.1 102 Processing\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            )
            try connection.answer(text: "late")
        } _: { server async throws in
            let answer = try await get(server)
            #expect(answer.head.status == 200)
            #expect(answer.head.header("x-early") == nil)
        }
    }

    @Test func `a head is handed over before any body byte exists`() async throws {
        let sawHead = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            sawHead.waitOnThread()
            try connection.writeChunk("event")
            try connection.write("0\r\n\r\n")
        } _: { server async throws in
            let bytes = try await client.execute(HTTPRequest(method: "GET", url: server.url())) { head, body in
                sawHead.set()
                return try await body.reduce(into: []) { $0 += $1 }
            }
            #expect(bytes == Array("event".utf8))
        }
    }

    @Test func `pieces of a watch arrive as they are sent`() async throws {
        let seen = (0..<5).map { _ in Signal() }
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for (index, signal) in seen.enumerated() {
                try connection.writeChunk("event \(index)\n")
                signal.waitOnThread()
            }
            try connection.write("0\r\n\r\n")
        } _: { server async throws in
            try await client.execute(HTTPRequest(method: "GET", url: server.url())) { head, body in
                var index = 0
                for try await piece in body {
                    #expect(String(decoding: piece, as: UTF8.self) == "event \(index)\n")
                    seen[index].set()
                    index += 1
                }
                #expect(index == 5)
            }
        }
    }

    @Test(arguments: [0, 1, 2])
    func `a connection cut before the head, in it or in the body is an interruption`(stage: Int) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            if stage == 1 { try connection.write("HTTP/1.1 200 OK\r\nContent-") }
            if stage == 2 { try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npartial") }
        } _: { server async throws in
            let collected = await #expect(throws: HTTPError.self) { try await get(server) }
            #expect(collected?.code == .interrupted)
            #expect(collected?.isRetryable == true)
            #expect(collected?.message.contains(server.origin) == true)
            let streamed = await #expect(throws: HTTPError.self) { try await pieces(server) }
            #expect(streamed?.code == .interrupted)
        }
    }

    @Test func `bytes before a cut are handed over, then the error`() async throws {
        let seen = Signal()
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try connection.writeChunk("before")
            seen.waitOnThread()
            connection.reset()
        } _: { server async throws in
            let received = Mutex<[UInt8]>([])
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(method: "GET", url: server.url())) { _, body in
                    for try await piece in body {
                        received.withLock { $0 += piece }
                        seen.set()
                    }
                }
            }
            #expect(error?.code == .interrupted)
            #expect(received.withLock { $0 } == Array("before".utf8))
        }
    }

    @Test func `a chunked body without its end is an interruption`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try connection.writeChunk("half")
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get(server) }
            #expect(error?.code == .interrupted)
        }
    }

    @Test(arguments: ["NONSENSE\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
    func `what is not HTTP is refused`(greeting: String) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write(greeting)
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get(server) }
            #expect(error?.code == .protocolViolation)
            #expect(error?.isRetryable == false)
        }
    }

    @Test(arguments: ["X-Filler: \(String(repeating: "x", count: 10_000))\r\n", "A: b\r\n"])
    func `endless headers are refused`(line: String) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\n")
            while true { try connection.write(line) }
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get(server) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test(arguments: [true, false])
    func `a body over the limit is refused`(isAnnounced: Bool) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            if isAnnounced {
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n")
            } else {
                try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while true { try connection.writeChunk(String(repeating: "x", count: 1_000)) }
            }
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get(server, limit: 100_000) }
            #expect(error?.code == .tooLarge)
            #expect(error?.message.contains("100000") == true)
        }
    }

    @Test func `a redirect is an answer unless following is asked for`() async throws {
        try await ScriptedServer.run { connection in
            while true {
                switch try connection.readHead().target {
                case "/start": try connection.answer("302 Found", headers: ["Location: /middle"], text: "moved")
                case "/middle":
                    try connection.answer("307 Temporary Redirect", headers: ["Location: /end"], text: "moved again")
                case "/nowhere": try connection.answer("302 Found", text: "no location")
                case "/loop": try connection.answer("302 Found", headers: ["Location: /loop"])
                default: try connection.answer(text: "arrived")
                }
            }
        } _: { server async throws in
            let plain = try await get(server, "/start")
            #expect(plain.head.status == 302)
            #expect(plain.head.header("Location") == "/middle")
            #expect(plain.bytes == Array("moved".utf8))

            var request = HTTPRequest(method: "GET", url: server.url("/start"))
            request.maximumRedirectCount = 2
            let followed = try await client.send(request, maximumBodyByteCount: 100)
            #expect(followed.head.status == 200)
            #expect(followed.bytes == Array("arrived".utf8))

            request.url = server.url("/nowhere")
            #expect(try await client.send(request, maximumBodyByteCount: 100).head.status == 302)

            request.url = server.url("/loop")
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(request, maximumBodyByteCount: 100)
            }
            #expect(error?.code == .protocolViolation)
        }
    }
}

extension CurlHTTPClient.Configuration {
    /// Straight to the loopback interface, whatever proxy the environment names.
    static var loopback: Self {
        var configuration = Self()
        configuration.proxy = .none
        return configuration
    }
}
