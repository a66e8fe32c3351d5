// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// An HTTP client that answers from a script and remembers what it was asked.
final class ScriptedClient: HTTPClient {
    struct Answer: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        init(_ status: Int, headers: [(name: String, value: String)] = [], _ body: String = "") {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
        }

        static func error(_ status: Int, _ code: String, _ inner: String = "", headers: [(String, String)] = [])
            -> Answer
        {
            Answer(
                status,
                headers: headers.map { (name: $0.0, value: $0.1) },
                "<?xml version=\"1.0\"?><Error><Code>\(code)</Code>\(inner)</Error>"
            )
        }
    }

    private let script: @Sendable (HTTPRequest, Int) async throws -> Answer
    private let received = Mutex<[HTTPRequest]>([])

    /// - Parameter script: Told the request and how many came before.
    init(_ script: @escaping @Sendable (HTTPRequest, Int) async throws -> Answer) {
        self.script = script
    }

    /// Answers one after the other; the last is repeated.
    convenience init(_ answers: Answer...) {
        self.init { _, index in answers[min(index, answers.count - 1)] }
    }

    var requests: [HTTPRequest] { received.withLock { $0 } }

    func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let index = received.withLock { received in
            received.append(request)
            return received.count - 1
        }
        let answer = try await script(request, index)
        let pieces = Mutex<[[UInt8]]>(answer.body.isEmpty ? [] : [answer.body])
        let body = HTTPResponseBody { pieces.withLock { $0.popLast() } }
        return try await handle(HTTPResponseHead(status: answer.status, headers: answer.headers), body)
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Everything after host and port.
    var target: String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return "/" + (parts.count > 3 ? parts[3] : "")
    }

    var bodyBytes: [UInt8] {
        guard case .pieces(let pieces) = body else { return [] }
        return pieces.flatMap { $0 }
    }

    /// The region in the credential scope of the signature.
    var signedRegion: String? {
        header("Authorization")?.split(separator: "/").dropFirst(2).first.map(String.init)
    }

    /// The key the signature was made with.
    var signedKeyID: String? {
        guard let value = header("Authorization"), let start = value.firstRange(of: "Credential=") else { return nil }
        return String(value[start.upperBound...].prefix { $0 != "/" })
    }
}
