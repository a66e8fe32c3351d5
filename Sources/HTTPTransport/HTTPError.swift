// SPDX-License-Identifier: Apache-2.0

/// A request that got no complete answer.
package struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on.
    ///
    /// Has no associated values, so it is safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        /// The host's name has no address.
        case resolve
        /// Nobody accepts the connection.
        case connect
        /// Connecting took longer than allowed.
        case connectTimeout
        /// No byte moved for longer than allowed.
        case stallTimeout
        /// The whole exchange took longer than allowed.
        case totalTimeout
        /// The server's certificate, ours, or the TLS handshake is not acceptable.
        case tls
        /// The proxy cannot be reached or refuses.
        case proxy
        /// The connection ended before the answer did.
        case interrupted
        /// The server does not speak HTTP as it should.
        case protocolViolation
        /// The answer's head or body is larger than the caller's limit.
        case tooLarge
        /// The request cannot be sent as given.
        case invalidRequest
        /// The client was closed.
        case closed
        /// A failure inside the HTTP library.
        case library

        /// Whether a failure of this kind usually passes.
        package var isUsuallyTransient: Bool {
            switch self {
            case .resolve, .connect, .connectTimeout, .stallTimeout, .totalTimeout, .interrupted: true
            case .tls, .proxy, .protocolViolation, .tooLarge, .invalidRequest, .closed, .library: false
            }
        }
    }

    package var code: Code
    /// What failed and what to do about it; names host and port, never credentials, paths or queries.
    package var message: String
    package var cause: (any Error)?
    /// Whether the same request may succeed later.
    package var isRetryable: Bool

    package init(_ code: Code, _ message: String, isRetryable: Bool? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable ?? code.isUsuallyTransient
        self.cause = cause
    }

    package var description: String { message }
}

extension HTTPError {
    /// The one wording for a body over the caller's limit.
    static func bodyTooLarge(maximumByteCount: Int, origin: String) -> HTTPError {
        HTTPError(.tooLarge, "the answer of \(origin) is larger than the \(maximumByteCount) bytes expected")
    }
}
