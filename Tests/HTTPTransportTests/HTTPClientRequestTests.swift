// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import HTTPTransport

/// What every HTTP client must put on the wire.
@Suite(.timeLimit(.minutes(1)))
struct HTTPClientRequestTests {
    let client: any HTTPClient

    init() throws { client = try CurlHTTPClient(configuration: .loopback) }

    /// Sends a request and gives back what the server saw.
    private func seen(_ make: (String) -> HTTPRequest) async throws -> (
        request: ScriptedConnection.Request, body: [UInt8]
    ) {
        let log = Mutex<[(ScriptedConnection.Request, [UInt8])]>([])
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            let body = try connection.readBody(request)
            log.withLock { $0.append((request, body)) }
            try connection.answer(text: "done")
        } _: { server async throws in
            let answer = try await client.send(make(server.url("/a%20b//../c?x=%2F&y")), maximumBodyByteCount: 100)
            #expect(answer.bytes == Array("done".utf8))
        }
        return try #require(log.withLock { $0.first })
    }

    @Test func `target and headers are sent as given, and nothing is added to them but what HTTP needs`() async throws {
        let (request, body) = try await seen { url in
            HTTPRequest(
                method: "GET",
                url: url,
                headers: [("X-One", "1"), ("X-Empty", ""), ("User-Agent", "me"), ("X-One", "2")]
            )
        }
        #expect(request.method == "GET")
        #expect(request.version == "HTTP/1.1")
        #expect(request.target == "/a%20b//../c?x=%2F&y")
        #expect(request.headers.map(\.name) == ["Host", "X-One", "X-Empty", "User-Agent", "X-One"])
        #expect(request.headers.map(\.value)[1...] == ["1", "", "me", "2"])
        #expect(body.isEmpty)
    }

    @Test func `the caller's Host and Accept win`() async throws {
        let (request, _) = try await seen { url in
            HTTPRequest(method: "GET", url: url, headers: [("Host", "bucket.example"), ("Accept", "application/json")])
        }
        #expect(request.headers.filter { $0.name == "Host" }.map(\.value) == ["bucket.example"])
        #expect(request.header("Accept") == "application/json")
        #expect(request.header("User-Agent") == "velero")
    }

    @Test(arguments: ["GET", "DELETE", "OPTIONS"])
    func `a method without a body announces none`(method: String) async throws {
        let (request, _) = try await seen { HTTPRequest(method: method, url: $0) }
        #expect(request.method == method)
        #expect(request.header("Content-Length") == nil)
        #expect(request.header("Transfer-Encoding") == nil)
    }

    @Test(arguments: ["PUT", "POST", "PATCH"])
    func `a method that expects a body announces an empty one`(method: String) async throws {
        let (request, _) = try await seen { HTTPRequest(method: method, url: $0) }
        #expect(request.method == method)
        #expect(request.header("Content-Length") == "0")
        #expect(request.header("Content-Type") == nil)
    }

    @Test(arguments: ["PUT", "POST", "PATCH", "DELETE"])
    func `pieces are sent one after another`(method: String) async throws {
        let pieces: [[UInt8]] = [Array("head".utf8), [], [UInt8](repeating: 9, count: 2_000_000), Array("tail".utf8)]
        let (request, body) = try await seen { HTTPRequest(method: method, url: $0, body: .pieces(pieces)) }
        #expect(request.method == method)
        #expect(request.header("Content-Length") == "2000008")
        #expect(request.header("Expect") == nil)
        #expect(body == Array(pieces.joined()))
    }

    @Test(arguments: [nil, 3_000_000])
    func `a streamed body arrives whole, with and without a known length`(byteCount: Int?) async throws {
        let (request, body) = try await seen { url in
            let remaining = Mutex(30)
            let stream = HTTPRequestStream(byteCount: byteCount) {
                let index = remaining.withLock { remaining in
                    remaining -= 1
                    return remaining
                }
                return index >= 0 ? [UInt8](repeating: UInt8(index), count: 100_000) : nil
            }
            return HTTPRequest(method: "PUT", url: url, body: .stream(stream))
        }
        #expect(request.header("Content-Length") == byteCount.map(String.init))
        #expect(request.header("Transfer-Encoding") == (byteCount == nil ? "chunked" : nil))
        #expect(body.count == 3_000_000)
        #expect(body.first == 29 && body.last == 0)
    }

    @Test func `a source that waits pauses the upload, not the client`() async throws {
        let firstArrived = Signal()
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            if request.method == "PUT" {
                #expect(try connection.read(count: 5) == Array("first".utf8))
                firstArrived.set()
                #expect(try connection.read(count: 6) == Array("second".utf8))
            }
            try connection.answer(text: "done")
        } _: { server async throws in
            let pieceNumber = Mutex(0)
            let stream = HTTPRequestStream(byteCount: 11) { [client] in
                let number = pieceNumber.withLock { number in
                    number += 1
                    return number
                }
                if number == 1 { return Array("first".utf8) }
                guard number == 2 else { return nil }
                await firstArrived.wait()
                // Another request passes while this upload stands still.
                let other = HTTPRequest(method: "GET", url: server.url())
                let answer = try await client.send(other, maximumBodyByteCount: 10)
                #expect(answer.head.status == 200)
                return Array("second".utf8)
            }
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .stream(stream))
            #expect(try await client.send(request, maximumBodyByteCount: 10).head.status == 200)
        }
    }

    @Test(arguments: [5, 50])
    func `a source of another length than announced fails the request`(byteCount: Int) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            connection.waitForClientToClose()
        } _: { server async throws in
            let isFirst = Mutex(true)
            let stream = HTTPRequestStream(byteCount: byteCount) {
                isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? Array("ten bytes.".utf8) : nil
                }
            }
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .stream(stream))
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(request, maximumBodyByteCount: 10)
            }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test func `a source's error is the request's error`() async throws {
        struct SourceFailure: Error {}
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            connection.waitForClientToClose()
        } _: { server async throws in
            let stream = HTTPRequestStream { throw SourceFailure() }
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .stream(stream))
            await #expect(throws: SourceFailure.self) { try await client.send(request, maximumBodyByteCount: 10) }
        }
    }

    @Test func `a body waits for 100 Continue when asked to`() async throws {
        let body = [UInt8](repeating: 1, count: 100_000)
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            #expect(request.header("Expect") == "100-continue")
            try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try connection.readBody(request) == body)
            try connection.answer("201 Created")
        } _: { server async throws in
            var request = HTTPRequest(method: "PUT", url: server.url(), body: .pieces([body]))
            request.expectsContinue = true
            #expect(try await client.send(request, maximumBodyByteCount: 10).head.status == 201)
        }
    }

    @Test func `a refusal before the body was sent is an answer`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.answer("403 Forbidden", headers: ["Connection: close"], text: "no")
            connection.waitForClientToClose()
        } _: { server async throws in
            let body = [UInt8](repeating: 1, count: 64 << 20)
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .pieces([body]))
            let answer = try await client.send(request, maximumBodyByteCount: 10)
            #expect(answer.head.status == 403)
            #expect(answer.bytes == Array("no".utf8))
        }
    }

    @Test func `a request unanswered on a used connection is sent again, body included`() async throws {
        let body = [UInt8](repeating: 5, count: 700_000)
        try await ScriptedServer.run { connection in
            let first = try connection.readHead()
            #expect(try connection.readBody(first) == body)
            try connection.answer(text: "ok")
            if connection.index == 0 {
                // Takes the next request, then goes away without a word.
                #expect(try connection.readBody(connection.readHead()) == body)
            }
        } _: { server async throws in
            let request = HTTPRequest(method: "PUT", url: server.url(), body: .pieces([body, []]))
            for _ in 0..<2 { #expect(try await client.send(request, maximumBodyByteCount: 10).head.status == 200) }
            #expect(server.connectionCount == 2)
        }
    }

    @Test(arguments: [
        HTTPRequest(method: "GET", url: "ftp://host/x"),
        HTTPRequest(method: "GET", url: "host/x"),
        HTTPRequest(method: "GET", url: "http:///x"),
        HTTPRequest(method: "GET", url: "http://host/a b"),
        HTTPRequest(method: "GET", url: "http://host/a\r\nX: y"),
        HTTPRequest(method: "G ET", url: "http://host/"),
        HTTPRequest(method: "GET", url: "http://host/", headers: [("X", "a\r\nY: b")]),
        HTTPRequest(method: "GET", url: "http://host/", headers: [("X Y", "a")]),
        HTTPRequest(method: "GET", url: "http://host/", headers: [("", "a")]),
        HTTPRequest(method: "GET", url: "http://user:secret@127.0.0.1:1/?signature=secret"),
    ])
    func `a request that cannot be sent as given is refused`(request: HTTPRequest) async throws {
        let error = await #expect(throws: HTTPError.self) { try await client.send(request, maximumBodyByteCount: 10) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("secret") == false)
    }
}
