// SPDX-License-Identifier: Apache-2.0

/// Where key pairs come from.
package protocol CredentialsProvider: Sendable {
    /// Current credentials; nil means that requests go unsigned.
    ///
    /// - Throws: ``CredentialsError``: with `.notConfigured` when this source has nothing to say, so that the next is asked.
    func credentials() async throws -> AWSCredentials?

    /// Says that the server called `used` expired or unknown: the next call must not return them again if it can be helped.
    func invalidate(_ used: AWSCredentials) async
}

extension CredentialsProvider {
    package func invalidate(_ used: AWSCredentials) async {}
}

/// A key pair given outright.
package struct StaticCredentials: CredentialsProvider {
    private let value: AWSCredentials

    package init(_ value: AWSCredentials) {
        self.value = value
    }

    package func credentials() async throws -> AWSCredentials? { value }
}

/// No signature at all, for public buckets.
package struct AnonymousCredentials: CredentialsProvider {
    package init() {}

    package func credentials() async throws -> AWSCredentials? { nil }
}

/// Why there are no credentials.
package struct CredentialsError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable {
        /// The source is not set up: the next one may be.
        case notConfigured
        /// The source is set up wrongly, or refuses.
        case invalid
        /// The source did not answer; it may later.
        case unavailable
    }

    /// What to do about it.
    package var code: Code
    /// What is missing or wrong and where to set it right; never holds secrets.
    package var message: String
    /// The failure beneath, if any.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
