// SPDX-License-Identifier: Apache-2.0

/// A failed operation on an object store.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        /// The object does not exist.
        case notFound
        /// The bucket or root directory itself does not exist.
        case containerNotFound
        /// The store refuses these credentials, or they lack a right.
        case denied
        /// The store refuses every write (read-only file system, read-only location).
        case readOnly
        /// The store is full or over quota.
        case full
        /// The object must first be brought back from an archive class.
        case archived
        /// Fewer bytes exist than the requested range.
        case rangeNotSatisfiable
        /// The store asks for fewer requests.
        case throttled
        /// A failure that may pass: network, time-out, server error.
        case unavailable
        /// The store answered with something that cannot be true (wrong length, wrong checksum).
        case corrupt
        /// The request itself is wrong; repeating it cannot help.
        case invalid
    }

    package var code: Code
    /// What failed, for which object, and what to do about it; never holds secrets.
    package var message: String
    /// How long the store asks to wait before the next try, if it said so.
    package var retryAfter: Duration?
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// True when the same request may succeed later.
    package var isRetryable: Bool {
        switch code {
        case .throttled, .unavailable, .corrupt: true
        default: false
        }
    }

    package var description: String { message }
}
