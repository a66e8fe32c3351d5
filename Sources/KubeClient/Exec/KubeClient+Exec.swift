// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import HTTPTransport
package import KubeModel

extension KubeClient {
    private static let execProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
    /// A message holds at most what the kubelet reads at once, 32 KiB; this is far beyond.
    private static let maximumFrameByteCount = 1 << 20
    /// After so much silence the connection is tried.
    private static let pingInterval: Duration = .seconds(20)

    /// Runs a command in a container, without input and without a shell around it, and hands over its output as it comes.
    ///
    /// - Parameter container: Nil if the pod has only one.
    /// - Parameter timeout: For the whole of it; the command itself is not ended by that.
    /// - Returns: The command's exit code.
    /// - Throws: ``KubeError`` if the command could not be run or watched to its end; what `handle` throws.
    package func exec(
        in pod: ObjectKey,
        container: String?,
        command: [String],
        timeout: Duration,
        _ handle: (ExecOutput, [UInt8]) async throws -> Void
    ) async throws -> Int {
        var request = try KubeRequest.get(Pod.resourceType, pod, subresource: "exec")
        request.purpose = "run a command in pod \(pod)"
        request.accept = "*/*"
        request.query = command.map { .init("command", $0) } + [.init("stdout", "true"), .init("stderr", "true")]
        if let container { request.query.append(.init("container", container)) }
        request.timeout = timeout

        var random = SystemRandomNumberGenerator()
        let handshake = WebSocketHandshake(
            nonce: (0..<16).map { _ in .random(in: 0...255, using: &random) },
            protocols: Self.execProtocols
        )
        let outgoing = BoundedChannel<[UInt8]>(capacity: 16)
        let clock = clock
        let upgrade = Upgrade(headers: handshake.headers) {
            do {
                return try await withDeadline(Self.pingInterval, clock: clock) { try await outgoing.receive() }
            } catch is DeadlineExceeded {
                return Self.encoded(WebSocketFrame(kind: .ping, payload: []))
            }
        }
        return try await exchange(request, stallTimeout: .never, upgrade: upgrade) { head, body in
            _ = try handshake.accept(head)
            var decoder = WebSocketDecoder(maximumPayloadByteCount: Self.maximumFrameByteCount)
            var session = ExecSession()
            for try await piece in body {
                for frame in try decoder.push(piece) {
                    for action in try session.take(frame) {
                        switch action {
                        case .output(let output, let bytes): try await handle(output, bytes)
                        case .send(let frame):
                            // A peer that asks faster than it reads the answers gets fewer.
                            _ = try outgoing.trySend(Self.encoded(frame))
                        case .exited(let code):
                            outgoing.finish()
                            return code
                        }
                    }
                }
            }
            throw KubeError(.network, "\(request.purpose): the connection ended before the command", isRetryable: true)
        }
    }

    private static func encoded(_ frame: WebSocketFrame) -> [UInt8] { frame.encoded(mask: .random(in: 0...UInt32.max)) }
}
