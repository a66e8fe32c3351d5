// SPDX-License-Identifier: Apache-2.0

/// A transform that cannot give a result: bad bytes, a bound that would be exceeded, or a missing algorithm.
package struct TransformError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable {
        /// The input ended early.
        case truncated
        /// A message authentication code does not match: wrong key or changed bytes.
        case notAuthentic
        /// The bytes break a rule of their format.
        case malformed
        /// The result would be larger, or cost more, than the caller or this implementation allows.
        case tooLarge
        /// Parameters or keys that must be refused.
        case unsupported
        /// The library underneath could not do its work: out of memory, or an algorithm it was built without.
        case unavailable
    }

    package let code: Code
    /// What is wrong, in words; never holds secrets.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
