// SPDX-License-Identifier: Apache-2.0

package import AsyncPrimitives
package import HTTPTransport
internal import Synchronization

/// An HTTP client that answers from a script, whole or piece by piece, and remembers what it was asked.
package final class ScriptedHTTPClient: HTTPClient {
    /// What the script gives for a request.
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [(name: String, value: String)]
        package var body: Body

        package enum Body: Sendable {
            case pieces([[UInt8]])
            /// Pieces as the test sends them.
            case stream(BoundedChannel<[UInt8]>)
        }

        package init(_ status: Int = 200, headers: [(name: String, value: String)] = [], _ text: String = "") {
            self.status = status
            self.headers = headers
            body = .pieces(text.isEmpty ? [] : [Array(text.utf8)])
        }

        /// An answer that arrives in pieces of at most `byteCount` bytes.
        package init(_ text: String, inPiecesOf byteCount: Int) {
            self.init()
            let bytes = Array(text.utf8)
            body = .pieces(
                stride(from: 0, to: bytes.count, by: byteCount).map {
                    Array(bytes[$0..<min($0 + byteCount, bytes.count)])
                }
            )
        }

        package init(stream: BoundedChannel<[UInt8]>) {
            self.init()
            body = .stream(stream)
        }
    }

    private let script: @Sendable (HTTPRequest, Int) async throws -> Answer
    private let received = Mutex<[HTTPRequest]>([])

    /// - Parameter script: Told the request and how many came before.
    package init(_ script: @escaping @Sendable (HTTPRequest, Int) async throws -> Answer) {
        self.script = script
    }

    /// Answers one after the other; the last is repeated.
    package convenience init(_ answers: Answer...) {
        self.init { _, index in answers[min(index, answers.count - 1)] }
    }

    package var requests: [HTTPRequest] { received.withLock { $0 } }

    package func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let index = received.withLock { received in
            received.append(request)
            return received.count - 1
        }
        let answer = try await script(request, index)
        let head = HTTPResponseHead(status: answer.status, headers: answer.headers)
        switch answer.body {
        case .pieces(let pieces):
            let left = Mutex(pieces[...])
            return try await handle(head, HTTPResponseBody { left.withLock { $0.popFirst() } })
        case .stream(let channel):
            return try await handle(head, HTTPResponseBody { try await channel.receive() })
        }
    }
}

extension HTTPRequest {
    /// The first header of that name.
    package func headerValue(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Everything after host and port.
    package var pathAndQuery: String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return "/" + (parts.count > 3 ? parts[3] : "")
    }

    /// The body as text.
    package var bodyText: String {
        guard case .pieces(let pieces) = body else { return "" }
        return String(decoding: pieces.flatMap { $0 }, as: UTF8.self)
    }
}
