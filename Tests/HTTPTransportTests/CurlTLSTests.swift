// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import HTTPTransport

/// Whom the client trusts and how it says why not.
@Suite(.timeLimit(.minutes(1)))
struct CurlTLSTests {
    let certificates: Certificates

    init() throws { certificates = try Certificates() }

    private func get(
        _ url: String,
        _ configure: (inout CurlHTTPClient.Configuration) -> Void
    ) async throws -> String {
        var configuration = CurlHTTPClient.Configuration.loopback
        configure(&configuration)
        return try await CurlHTTPClient.withClient(configuration: configuration) { client in
            let answer = try await client.send(HTTPRequest(method: "GET", url: url), maximumBodyByteCount: 1_000)
            return String(decoding: answer.bytes, as: UTF8.self)
        }
    }

    @Test func `an authority given as file or as text is trusted`() async throws {
        let peer = try TLSPeer(certificates)
        let path = certificates.path("authority.pem")
        #expect(try await get(peer.url) { $0.certificateAuthorities = .file(path) } == "anonymous")
        let text = try contents(path)
        #expect(try await get(peer.url) { $0.certificateAuthorities = .bytes(text) } == "anonymous")
    }

    @Test(arguments: [nil, "stranger.pem"])
    func `an unknown authority is refused with a remedy`(authority: String?) async throws {
        let peer = try TLSPeer(certificates)
        let path = authority.map(certificates.path)
        let error = await #expect(throws: HTTPError.self) {
            try await get(peer.url) { $0.certificateAuthorities = path.map { .file($0) } }
        }
        #expect(error?.code == .tls)
        #expect(error?.isRetryable == false)
        #expect(error?.message.contains("localhost:\(peer.port)") == true)
        #expect(error?.message.contains("CA file") == true)
    }

    @Test func `another host name is refused`() async throws {
        let peer = try TLSPeer(certificates)
        let path = certificates.path("authority.pem")
        let error = await #expect(throws: HTTPError.self) {
            try await get("https://127.0.0.1:\(peer.port)/") { $0.certificateAuthorities = .file(path) }
        }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func `the name the certificate must bear can be another than the host`() async throws {
        let peer = try TLSPeer(certificates)
        let path = certificates.path("authority.pem")
        let answer = try await get("https://127.0.0.1:\(peer.port)/") { configuration in
            configuration.certificateAuthorities = .file(path)
            configuration.tlsServerName = "localhost"
        }
        #expect(answer == "anonymous")
        let error = await #expect(throws: HTTPError.self) {
            try await get(peer.url) { configuration in
                configuration.certificateAuthorities = .file(path)
                configuration.tlsServerName = "elsewhere"
            }
        }
        #expect(error?.code == .tls)
    }

    @Test func `insecure TLS accepts any certificate and name`() async throws {
        let peer = try TLSPeer(certificates)
        #expect(try await get("https://127.0.0.1:\(peer.port)/") { $0.allowsInsecureTLS = true } == "anonymous")
    }

    @Test func `a client certificate is shown, from files or text`() async throws {
        let peer = try TLSPeer(certificates, asksForClientCertificate: true)
        let paths = (certificate: certificates.path("client.pem"), key: certificates.path("client.key"))
        let authority = CurlHTTPClient.Configuration.PEM.file(certificates.path("authority.pem"))
        let fromFiles = try await get(peer.url) { configuration in
            configuration.certificateAuthorities = authority
            configuration.clientCertificate = .init(certificate: .file(paths.certificate), key: .file(paths.key))
        }
        #expect(fromFiles == "agent")
        let texts = try (contents(paths.certificate), contents(paths.key))
        let fromText = try await get(peer.url) { configuration in
            configuration.certificateAuthorities = authority
            configuration.clientCertificate = .init(certificate: .bytes(texts.0), key: .bytes(texts.1))
        }
        #expect(fromText == "agent")
    }

    @Test func `a server that wants a client certificate refuses none`() async throws {
        let peer = try TLSPeer(certificates, asksForClientCertificate: true)
        let path = certificates.path("authority.pem")
        await #expect(throws: HTTPError.self) { try await get(peer.url) { $0.certificateAuthorities = .file(path) } }
    }

    @Test func `missing files are named`() async throws {
        let peer = try TLSPeer(certificates)
        let authorityError = await #expect(throws: HTTPError.self) {
            try await get(peer.url) { $0.certificateAuthorities = .file("/nowhere/ca.pem") }
        }
        #expect(authorityError?.code == .tls)
        #expect(authorityError?.message.contains("/nowhere/ca.pem") == true)
        let path = certificates.path("authority.pem")
        let keyError = await #expect(throws: HTTPError.self) {
            try await get(peer.url) { configuration in
                configuration.certificateAuthorities = .file(path)
                configuration.clientCertificate = .init(
                    certificate: .file("/nowhere/c.pem"),
                    key: .file("/nowhere/c.key")
                )
            }
        }
        #expect(keyError?.code == .tls)
        #expect(keyError?.message.contains("client certificate") == true)
    }

    @Test func `TLS towards a server without it is refused`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.read(count: 1)
            try connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get("https://\(server.origin)/") { _ in } }
            #expect(error?.code == .tls)
        }
    }

    @Test func `a connection cut in the handshake is an interruption`() async throws {
        try await ScriptedServer.run { connection in
            _ = try connection.read(count: 1)
            connection.reset()
        } _: { server async throws in
            let error = await #expect(throws: HTTPError.self) { try await get("https://\(server.origin)/") { _ in } }
            #expect(error?.code == .interrupted)
            #expect(error?.isRetryable == true)
        }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SocketError(call: "open", code: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100_000)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }
}
