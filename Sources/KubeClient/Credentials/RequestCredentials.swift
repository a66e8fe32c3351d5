// SPDX-License-Identifier: Apache-2.0

/// Says who asks.
package protocol RequestCredentials: Sendable {
    /// The value of the `Authorization` header; nil to send none.
    ///
    /// - Throws: ``KubeError`` with `.credentials`.
    func authorization() async throws -> String?

    /// Says that the server did not accept `authorization`; the next ones must be fresh.
    func invalidate(_ authorization: String?) async
}

/// The same credentials for ever: a token, a password, or none (a client certificate speaks for itself).
package struct FixedCredentials: RequestCredentials {
    private let value: String?

    /// No credentials.
    package init() { value = nil }

    package init(token: String) { value = "Bearer \(token)" }

    /// The value of the header as it is sent.
    package init(authorization: String) { value = authorization }

    package func authorization() async throws -> String? { value }

    package func invalidate(_ authorization: String?) async {}
}
