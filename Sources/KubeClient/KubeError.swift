// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import KubeModel

/// A request to the API server that failed, or the way to it that is not usable.
package struct KubeError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on.
    ///
    /// Has no associated values, so it is safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        case notFound, alreadyExists
        /// The object was changed in between: read it again and repeat.
        case conflict
        /// The resource version or page asked for is no longer kept: list anew.
        case expired
        /// The request or its object breaks a rule.
        case invalid
        /// Who asks is not known.
        case unauthorized
        /// Who asks may not do this.
        case forbidden
        /// Too many requests.
        case throttled
        /// The server cannot answer at this moment.
        case unavailable
        /// The server refuses for another reason.
        case rejected
        /// There was no complete answer.
        case network
        /// The answer is not what an API server says.
        case malformed
        /// The answer is larger than allowed.
        case tooLarge
        /// The configuration of the cluster cannot be used.
        case configuration
        /// No credentials can be had.
        case credentials
    }

    package var code: Code
    /// What failed and what to do about it; never holds secrets.
    package var message: String
    /// The server's own words, if it said something.
    package var status: KubeStatus?
    package var cause: (any Error)?
    /// Whether the same request may succeed later.
    package var isRetryable: Bool

    package init(_ code: Code, _ message: String, isRetryable: Bool? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.isRetryable = isRetryable ?? (code == .throttled || code == .unavailable)
    }

    package var description: String { message }
}

extension KubeError {
    /// A refusal of the server; `doing` names method and resource.
    package init(_ status: KubeStatus, doing: String) {
        let code: Code
        switch (status.code, status.reason) {
        case (_, .alreadyExists): code = .alreadyExists
        case (_, .conflict): code = .conflict
        case (_, .expired), (_, .gone): code = .expired
        case (404, _): code = .notFound
        case (401, _): code = .unauthorized
        case (403, _): code = .forbidden
        case (400, _), (422, _): code = .invalid
        case (409, _): code = .conflict
        case (410, _): code = .expired
        case (429, _): code = .throttled
        case (500, _), (502, _), (503, _), (504, _): code = .unavailable
        default: code = .rejected
        }
        self.init(code, "\(doing): \(status.description)")
        self.status = status
    }

    /// A failed exchange.
    package init(_ error: HTTPError, doing: String) {
        self.init(
            error.code == .tooLarge ? .tooLarge : .network,
            "\(doing): \(error.message)",
            isRetryable: error.isRetryable,
            cause: error
        )
    }

    static func malformed(_ problem: String, doing: String, cause: (any Error)? = nil) -> KubeError {
        KubeError(.malformed, "\(doing): the API server's answer \(problem)", cause: cause)
    }
}
