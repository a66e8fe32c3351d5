// SPDX-License-Identifier: Apache-2.0

/// One extended attribute; POSIX access lists and capabilities are attributes like any other.
package struct ExtendedAttribute: Sendable, Hashable {
    /// The full name with its namespace, such as `user.comment`.
    package var name: [UInt8]
    package var value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
