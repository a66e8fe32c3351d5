// SPDX-License-Identifier: Apache-2.0

/// Text that is no JSON, or more of it than was to be expected.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may branch on.
    package enum Code: String, Sendable {
        /// The text ended early.
        case truncated
        /// The text breaks a rule of JSON.
        case malformed
        /// Nested deeper or larger than allowed.
        case tooLarge
    }

    package let code: Code
    /// What is wrong and at which byte; never quotes the text, which may hold secrets.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
