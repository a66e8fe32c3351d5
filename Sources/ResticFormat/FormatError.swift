// SPDX-License-Identifier: Apache-2.0

/// Bytes that are not what the repository format says they must be.
package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable {
        /// The input ended early.
        case truncated
        /// A message authentication code, hash or id does not match.
        case notAuthentic
        /// The bytes break a rule of the format.
        case malformed
        /// A length or count is beyond what the format or this reader allows.
        case tooLarge
        /// A version, key derivation, blob type or polynomial that this reader does not know or must refuse.
        case unsupported
    }

    package let code: Code
    /// What is wrong and where, in words; never holds secrets.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
