// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport
import Testing

@testable import KubeClient

@Suite("WebSocket frames")
struct WebSocketFrameTests {
    /// A frame as a server sends it.
    static func server(_ frame: WebSocketFrame) -> [UInt8] {
        let masked = frame.encoded(mask: 0)
        var bytes = masked
        bytes[1] &= 0x7F
        let headCount = masked.count - frame.payload.count
        bytes.removeSubrange((headCount - 4)..<headCount)
        return bytes
    }

    @Test("the examples of RFC 6455")
    func examples() throws {
        #expect(
            WebSocketFrame(kind: .text, payload: Array("Hello".utf8)).encoded(mask: 0x37FA_213D)
                == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        )
        var decoder = WebSocketDecoder(maximumPayloadByteCount: 100)
        let frames = try decoder.push([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F])
        #expect(
            frames == [
                WebSocketFrame(kind: .text, isFinal: false, payload: Array("Hel".utf8)),
                WebSocketFrame(kind: .continuation, payload: Array("lo".utf8)),
            ]
        )
    }

    @Test(
        "frames of every size are read back, wherever pieces end",
        arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 100_000]
    )
    func sizes(_ byteCount: Int) throws {
        var generator = SplitMixGenerator(seed: UInt64(byteCount))
        let frame = WebSocketFrame(kind: .binary, payload: generator.bytes(byteCount))
        let bytes = Self.server(frame) + Self.server(WebSocketFrame(kind: .close, payload: []))
        var decoder = WebSocketDecoder(maximumPayloadByteCount: 100_000)
        var frames: [WebSocketFrame] = []
        for start in stride(from: 0, to: bytes.count, by: 997) {
            frames += try decoder.push(Array(bytes[start..<min(start + 997, bytes.count)]))
        }
        #expect(frames == [frame, WebSocketFrame(kind: .close, payload: [])])
    }

    @Test(
        "frames against the rules and frames too large are refused",
        arguments: [
            [0x82, 0x80, 0, 0, 0, 0], [0xC2, 0x00], [0x83, 0x00], [0x09, 0x00], [0x89, 0x7E, 0x00, 0x80],
            [0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x82, 0x7E, 0x00, 0x65],
        ] as [[UInt8]]
    )
    func refused(_ bytes: [UInt8]) {
        var decoder = WebSocketDecoder(maximumPayloadByteCount: 100)
        #expect(throws: KubeError.self) { try decoder.push(bytes) }
    }

    @Test("damaged frames never crash")
    func damagedFuzz() {
        let original =
            Self.server(WebSocketFrame(kind: .binary, payload: [1, 2, 3]))
            + Self.server(.init(kind: .ping, payload: []))
        for seed in 0..<UInt64(FuzzCases.count(standard: 2000)) {
            var generator = SplitMixGenerator(seed: seed)
            var decoder = WebSocketDecoder(maximumPayloadByteCount: 100)
            var session = ExecSession()
            for frame in (try? decoder.push(FuzzCases.damaged(original, using: &generator))) ?? [] {
                _ = try? session.take(frame)
            }
        }
    }

    @Test("the handshake of RFC 6455 is accepted, another one is not")
    func handshake() throws {
        let nonce = Array("the sample nonce".utf8)
        let handshake = WebSocketHandshake(nonce: nonce, protocols: ["v5", "v4"])
        #expect(handshake.key == "dGhlIHNhbXBsZSBub25jZQ==")
        var head = HTTPResponseHead(
            status: 101,
            headers: [
                ("Upgrade", "WebSocket"), ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                ("Sec-WebSocket-Protocol", "v4"),
            ]
        )
        #expect(try handshake.accept(head) == "v4")
        head.headers[1].value = "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="
        #expect(throws: KubeError.self) { try handshake.accept(head) }
        head.headers = [("Upgrade", "websocket"), ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")]
        #expect(throws: KubeError.self) { try handshake.accept(head) }
    }

    @Test("SHA-1 of known messages")
    func sha1() {
        func hex(_ text: String) -> String {
            SHA1.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(hex(String(repeating: "a", count: 1000)) == "291e9a6c66994949b57ba5e650361e98fc36b1ba")
    }
}
