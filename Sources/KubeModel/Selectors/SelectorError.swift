// SPDX-License-Identifier: Apache-2.0

/// A selector that cannot be understood.
package struct SelectorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, naming the part of the selector.
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
