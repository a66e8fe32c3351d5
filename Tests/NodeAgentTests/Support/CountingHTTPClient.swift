// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport

/// Another client whose requests are counted, and refused when a test wants it.
final class CountingHTTPClient: HTTPClient {
    private let base: any HTTPClient
    /// Method and path of each request, in their order.
    let requests = Shared<[String]>([])

    /// The status with which the server is made to refuse a request; nil lets it through.
    let refusal = Shared<@Sendable (HTTPRequest) -> Int?>({ _ in nil })

    init(_ base: any HTTPClient) { self.base = base }

    func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        requests.change { $0.append("\(request.method) \(request.url)") }
        if let status = refusal.value(request) {
            let text = #"{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": \#(status)}"#
            return try await ScriptedHTTPClient(.init(status, text)).execute(request, handle)
        }
        return try await base.execute(request, handle)
    }
}
