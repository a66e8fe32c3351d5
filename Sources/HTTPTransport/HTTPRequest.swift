// SPDX-License-Identifier: Apache-2.0

/// One request as a value.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute `http` or `https` URL, already percent-encoded, without user name and password; sent byte for byte.
    package var url: String
    /// Sent in this order; `Host`, `Content-Length` and `Transfer-Encoding` follow from URL and body unless given.
    package var headers: [(name: String, value: String)]
    package var body: HTTPRequestBody
    /// Limit for the whole exchange; nil for none (a watch).
    package var totalTimeout: Duration?
    /// How long the exchange may stand still.
    package var stallTimeout: StallTimeout
    /// How many redirects are followed before the answer counts as an error; with 0 a redirect is an answer like any other.
    package var maximumRedirectCount: Int
    /// Whether the server is asked for permission (`Expect: 100-continue`) before the body is sent.
    package var expectsContinue: Bool
    /// Whether the request asks to go on in another protocol (`Upgrade`; status 101).
    ///
    /// It then takes a connection of its own in HTTP/1.1, and after the answer's head both bodies are raw bytes until either side closes.
    package var switchesProtocol: Bool

    /// How long an exchange may go without a byte in either direction, once connected.
    ///
    /// Time in which this side holds the transfer up (an unread answer, a body source with nothing to give) does not count.
    package enum StallTimeout: Sendable, Equatable {
        /// As the client is configured.
        case standard
        /// For a watch whose server may be silent for as long as it likes.
        case never
        case after(Duration)
    }

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
        self.stallTimeout = .standard
        self.maximumRedirectCount = 0
        self.expectsContinue = false
        self.switchesProtocol = false
    }
}

/// What a request carries.
package enum HTTPRequestBody: Sendable {
    case none
    /// Pieces sent one after another; the length is known and the body can be rewound.
    case pieces([[UInt8]])
    /// Pieces made while they are sent; cannot be rewound.
    case stream(HTTPRequestStream)
}

/// A request body that is made while it is sent, in bounded memory.
package struct HTTPRequestStream: Sendable {
    /// The length, if known; else the body is sent in chunked encoding.
    ///
    /// A source that gives another number of bytes fails the request.
    package var byteCount: Int?
    /// The next piece, or nil at the end; called by one task, never ahead by more than a bounded number of bytes.
    package var nextPiece: @Sendable () async throws -> [UInt8]?

    package init(byteCount: Int? = nil, nextPiece: @escaping @Sendable () async throws -> [UInt8]?) {
        self.byteCount = byteCount
        self.nextPiece = nextPiece
    }
}
