// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests; the only door to the network for S3 and Kubernetes.
package protocol HTTPClient: Sendable {
    /// Sends `request` and hands head and body of the answer to `handle`; whatever `handle` leaves unread is dropped.
    ///
    /// Any status is an answer, not an error. Cancelling the task ends the transfer.
    /// - Throws: ``HTTPError`` for failures of name resolution, connection, TLS, proxy, time-outs and cut transfers;
    ///   `CancellationError` when the task is cancelled; what `handle` or the source of a streamed body throws.
    func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result

    /// Sends `request` and collects the body of the answer.
    ///
    /// - Parameter maximumByteCount: Largest body accepted, whatever the status.
    /// - Throws: As ``execute(_:_:)``; ``HTTPError`` with `.tooLarge` if the body is larger than the limit.
    func send(
        _ request: HTTPRequest,
        maximumBodyByteCount maximumByteCount: Int
    ) async throws -> (head: HTTPResponseHead, bytes: [UInt8])

    /// Takes back a body that ``send(_:maximumBodyByteCount:)`` returned, so that its memory can serve again; optional.
    func recycle(_ bytes: consuming [UInt8])
}

extension HTTPClient {
    package func recycle(_ bytes: consuming [UInt8]) {}

    package func send(
        _ request: HTTPRequest,
        maximumBodyByteCount maximumByteCount: Int
    ) async throws -> (head: HTTPResponseHead, bytes: [UInt8]) {
        try await execute(request) { head, body in
            var bytes: [UInt8] = []
            for try await piece in body {
                guard piece.count <= maximumByteCount - bytes.count else {
                    throw HTTPError.bodyTooLarge(maximumByteCount: maximumByteCount, origin: request.origin)
                }
                bytes.append(contentsOf: piece)
            }
            return (head, bytes)
        }
    }
}

/// Status and headers of an answer.
package struct HTTPResponseHead: Sendable {
    package var status: Int
    /// In the order received, names as received.
    package var headers: [(name: String, value: String)]

    package init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// The first header of that name, compared without case (ASCII).
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}
