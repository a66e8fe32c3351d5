// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import KubeModel

/// The head of the exchange that opens a WebSocket.
struct WebSocketHandshake: Sendable {
    private static let salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    let key: String
    let protocols: [String]

    /// - Parameter nonce: 16 random bytes.
    init(nonce: [UInt8], protocols: [String]) {
        key = Base64.encode(nonce)
        self.protocols = protocols
    }

    var headers: [(name: String, value: String)] {
        [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Protocol", protocols.joined(separator: ", ")),
        ]
    }

    /// The protocol the server chose.
    ///
    /// - Throws: ``KubeError`` with `.malformed` unless the answer belongs to this request.
    func accept(_ head: HTTPResponseHead) throws -> String {
        let expected = Base64.encode(SHA1.digest(Array((key + Self.salt).utf8)))
        guard head.status == 101, head.header("upgrade")?.lowercased() == "websocket",
            head.header("sec-websocket-accept")?.trimmingWhitespace == expected
        else { throw KubeError(.malformed, "the API server does not open a WebSocket as asked") }
        guard let chosen = head.header("sec-websocket-protocol"), protocols.contains(chosen) else {
            throw KubeError(.malformed, "the API server speaks none of the protocols offered for running commands")
        }
        return chosen
    }
}
