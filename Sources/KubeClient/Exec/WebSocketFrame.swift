// SPDX-License-Identifier: Apache-2.0

/// A frame of the WebSocket protocol (RFC 6455).
struct WebSocketFrame: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    var kind: Kind
    /// Whether the message ends with this frame.
    var isFinal = true
    var payload: [UInt8]

    /// The frame as a client sends it.
    ///
    /// - Parameter mask: Random, for this frame alone.
    func encoded(mask: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | kind.rawValue]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        let key = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: mask >> UInt32($0)) }
        bytes += key
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index % 4]) }
        return bytes
    }
}

/// Takes a server's bytes apart into frames; bounded.
struct WebSocketDecoder: Sendable {
    private let maximumPayloadByteCount: Int
    private var buffer: [UInt8] = []

    init(maximumPayloadByteCount: Int) { self.maximumPayloadByteCount = maximumPayloadByteCount }

    /// Takes the next piece and gives the frames it completes.
    ///
    /// - Throws: ``KubeError`` with `.malformed` or `.tooLarge`.
    mutating func push(_ piece: [UInt8]) throws -> [WebSocketFrame] {
        buffer += piece
        var frames: [WebSocketFrame] = []
        var position = 0
        while let (frame, end) = try frame(at: position) {
            frames.append(frame)
            position = end
        }
        buffer.removeFirst(position)
        return frames
    }

    private func frame(at start: Int) throws -> (frame: WebSocketFrame, end: Int)? {
        guard buffer.count - start >= 2 else { return nil }
        let first = buffer[start]
        guard first & 0x70 == 0, let kind = WebSocketFrame.Kind(rawValue: first & 0x0F) else {
            throw KubeError(.malformed, "the API server sent an unknown kind of WebSocket frame")
        }
        // Only clients mask.
        guard buffer[start + 1] & 0x80 == 0 else {
            throw KubeError(.malformed, "the API server sent a masked WebSocket frame")
        }
        let isFinal = first & 0x80 != 0
        let short = Int(buffer[start + 1])
        guard !kind.isControl || (isFinal && short < 126) else {
            throw KubeError(.malformed, "the API server sent a control frame that is long or in parts")
        }
        let lengthByteCount = short < 126 ? 0 : short == 126 ? 2 : 8
        let payloadStart = start + 2 + lengthByteCount
        guard buffer.count >= payloadStart else { return nil }
        let length =
            lengthByteCount == 0 ? UInt64(short) : buffer[(start + 2)..<payloadStart].reduce(0) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumPayloadByteCount) else {
            throw KubeError(
                .tooLarge,
                "the API server sent a WebSocket frame of more than \(maximumPayloadByteCount) bytes"
            )
        }
        let end = payloadStart + Int(length)
        guard buffer.count >= end else { return nil }
        return (WebSocketFrame(kind: kind, isFinal: isFinal, payload: Array(buffer[payloadStart..<end])), end)
    }
}
