// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests; the only door to the network for S3 and Kubernetes.
package protocol HTTPClient: Sendable {
    /// Sends `request` and hands head and body of the answer to `handle`; whatever `handle` leaves unread is dropped.
    ///
    /// Any status is an answer, not an error. Cancelling the task ends the transfer.
    /// - Throws: ``HTTPError`` for failures of name resolution, connection, TLS, proxy, time-outs and cut transfers, or what `handle` throws.
    func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result
}

/// One request as a value.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute `http` or `https` URL, already percent-encoded; sent byte for byte.
    package var url: String
    /// Sent in this order; `Host`, `Content-Length` and `Transfer-Encoding` follow from URL and body unless given.
    package var headers: [(name: String, value: String)]
    package var body: HTTPRequestBody
    /// Limit for the whole exchange; nil for none (a watch).
    package var totalTimeout: Duration?

    package init(
        method: String,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: HTTPRequestBody = .none,
        totalTimeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.totalTimeout = totalTimeout
    }
}

/// What a request carries.
package enum HTTPRequestBody: Sendable {
    case none
    /// Pieces sent one after another; the length is known and the body can be rewound.
    case pieces([[UInt8]])
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
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
