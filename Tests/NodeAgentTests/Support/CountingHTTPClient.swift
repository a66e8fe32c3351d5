// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport

/// Another client whose requests are counted.
final class CountingHTTPClient: HTTPClient {
    private let base: any HTTPClient
    /// Method and path of each request, in their order.
    let requests = Shared<[String]>([])

    init(_ base: any HTTPClient) { self.base = base }

    func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        requests.change { $0.append("\(request.method) \(request.url)") }
        return try await base.execute(request, handle)
    }
}
