// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import HTTPTransport

/// Ways through a proxy.
@Suite(.timeLimit(.minutes(1)))
struct CurlProxyTests {
    private func send(_ url: String, proxy: CurlHTTPClient.Configuration.Proxy, authority: String? = nil) async throws
        -> String
    {
        var configuration = CurlHTTPClient.Configuration()
        configuration.proxy = proxy
        configuration.certificateAuthorities = authority.map { .file($0) }
        return try await CurlHTTPClient.withClient(configuration: configuration) { client in
            let answer = try await client.send(HTTPRequest(method: "GET", url: url), maximumBodyByteCount: 1_000)
            return String(decoding: answer.bytes, as: UTF8.self)
        }
    }

    @Test func `plain requests go through the proxy with its credentials`() async throws {
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            #expect(request.target == "http://nowhere.invalid/x?y")
            #expect(request.header("Proxy-Authorization") == "Basic dXNlcjpzZWNyZXQ=")
            try connection.answer(text: "by proxy")
        } _: { server async throws in
            let proxy = CurlHTTPClient.Configuration.Proxy.url("http://user:secret@\(server.origin)")
            #expect(try await send("http://nowhere.invalid/x?y", proxy: proxy) == "by proxy")
        }
    }

    @Test func `TLS goes through a tunnel`() async throws {
        let certificates = try Certificates()
        let peer = try TLSPeer(certificates)
        let port = peer.port
        try await ScriptedServer.run { connection in
            let request = try connection.readHead()
            #expect(request.method == "CONNECT")
            #expect(request.target == "localhost:\(port)")
            try connection.write("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
            try connection.relay(toPort: port)
        } _: { server async throws in
            let proxy = CurlHTTPClient.Configuration.Proxy.url("http://\(server.origin)")
            #expect(
                try await send(peer.url, proxy: proxy, authority: certificates.path("authority.pem")) == "anonymous"
            )
        }
    }

    @Test(arguments: [(403, false), (407, false), (502, true)])
    func `a refused tunnel is the proxy's error and tells no credentials`(status: Int, isRetryable: Bool) async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.readHead()
            try connection.answer("\(status) No", text: "no")
        } _: { server async throws in
            let proxy = CurlHTTPClient.Configuration.Proxy.url("http://user:secret@\(server.origin)")
            let error = await #expect(throws: HTTPError.self) {
                try await send("https://nowhere.invalid/", proxy: proxy)
            }
            #expect(error?.code == .proxy)
            #expect(error?.isRetryable == isRetryable)
            #expect(error?.message.contains("\(status)") == true)
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test func `a proxy nobody can reach is an error without credentials`() async throws {
        let proxy = CurlHTTPClient.Configuration.Proxy.url("http://user:secret@127.0.0.1:1")
        let error = await #expect(throws: HTTPError.self) { try await send("http://nowhere.invalid/", proxy: proxy) }
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("secret") == false)
    }

    // The environment belongs to the whole process, so these run in one of their own.

    @Test func `the environment names the proxy`() async throws {
        await #expect(processExitsWith: .success) {
            try await ScriptedServer.run { connection in
                let request = try connection.readHead()
                try connection.answer(text: request.target)
            } _: { server async throws in
                unsafe setenv("http_proxy", "http://\(server.origin)", 1)
                unsafe unsetenv("NO_PROXY")
                unsafe unsetenv("no_proxy")
                let target = try await CurlProxyTests().send("http://nowhere.invalid/z", proxy: .environment)
                guard target == "http://nowhere.invalid/z" else { exit(1) }
            }
        }
    }

    @Test func `NO_PROXY and an explicit "none" go past it`() async throws {
        await #expect(processExitsWith: .success) {
            try await ScriptedServer.run { connection in
                let request = try connection.readHead()
                try connection.answer(text: request.target)
            } _: { server async throws in
                unsafe setenv("http_proxy", "http://127.0.0.1:1", 1)
                guard try await CurlProxyTests().send(server.url("/a"), proxy: .none) == "/a" else { exit(1) }
                unsafe setenv("NO_PROXY", "127.0.0.1", 1)
                guard try await CurlProxyTests().send(server.url("/b"), proxy: .environment) == "/b" else { exit(2) }
                // A proxy given by hand is for every host.
                let proxy = CurlHTTPClient.Configuration.Proxy.url("http://\(server.origin)")
                guard try await CurlProxyTests().send(server.url("/c"), proxy: proxy) == server.url("/c") else {
                    exit(3)
                }
            }
        }
    }
}

extension ScriptedConnection {
    /// Copies bytes both ways between the client and a port of this machine until either end closes.
    func relay(toPort port: Int) throws {
        let other = try LoopbackSocket.connect(port: port)
        defer { Glibc.close(other) }
        // Small frames must not wait for acknowledgements.
        var on: Int32 = 1
        for end in [descriptor, other] {
            unsafe setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var ends = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&ends, 2, -1) > 0 else { return }
            for (source, target) in [(0, other), (1, descriptor)] where ends[source].revents != 0 {
                let count = unsafe recv(ends[source].fd, &buffer, buffer.count, 0)
                guard count > 0, unsafe send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }
}
