// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPTransport

@Suite struct ResponseHeadParserTests {
    private func heads(_ lines: [String], followsRedirects: Bool = false, byteCount: Int = 1_000, headerCount: Int = 10)
        throws -> (
            published: [HTTPResponseHead], parser: ResponseHeadParser
        )
    {
        var parser = ResponseHeadParser(
            maximumByteCount: byteCount,
            maximumHeaderCount: headerCount,
            followsRedirects: followsRedirects
        )
        var published: [HTTPResponseHead] = []
        for line in lines {
            if case .head(let head) = try parser.consume(Array((line + "\r\n").utf8).span, origin: "host:80") {
                published.append(head)
            }
        }
        return (published, parser)
    }

    @Test func `a head ends at its blank line; trailers are passed over`() throws {
        let heads = try heads(["HTTP/2 200", "a:1", "B:  two words \t", "", "Trailer: x", ""]).published
        #expect(heads.count == 1)
        #expect(heads.first?.status == 200)
        #expect(heads.first?.headers.map(\.name) == ["a", "B"])
        #expect(heads.first?.headers.map(\.value) == ["1", "two words"])
    }

    @Test func `a folded line continues its header`() throws {
        let heads = try heads(["HTTP/1.1 200 OK", " stray", "a: one", "\ttwo", "no colon", ""]).published
        #expect(heads.first?.headers.map(\.value) == ["one two"])
    }

    @Test func `only the last head of a chain is published`() throws {
        let lines = ["HTTP/1.1 100 Continue", "", "HTTP/1.1 302 Found", "Location: /x", "", "HTTP/1.1 200 OK", ""]
        #expect(try heads(lines, followsRedirects: true).published.map(\.status) == [200])
        #expect(try heads(lines, followsRedirects: false).published.map(\.status) == [302])
    }

    @Test func `a redirect that was not followed after all can be had`() throws {
        var parser = try heads(["HTTP/1.1 302 Found", "Location: /x", ""], followsRedirects: true).parser
        #expect(parser.takeHeldBackHead()?.status == 302)
        #expect(parser.takeHeldBackHead() == nil)
    }

    @Test(arguments: ["HTTP/1.1", "HTTP/1.1 2", "HTTP/1.1 2x0 OK", "HTTP/1.1 099 Low", "X 200", "HTTP/1.1  200"])
    func `a malformed status line is refused`(line: String) {
        let error = #expect(throws: HTTPError.self) { try heads([line]) }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `bytes and headers are counted over all heads`() {
        let interim = ["HTTP/1.1 103 Early Hints", "Link: a", "Link: b", ""]
        let chain = Array(repeating: interim, count: 6).flatMap(\.self)
        #expect(throws: HTTPError.self) { try heads(chain) }
        #expect(throws: HTTPError.self) { try heads(chain, byteCount: 100, headerCount: 100) }
        #expect(throws: Never.self) { try heads(chain, headerCount: 12) }
    }
}
