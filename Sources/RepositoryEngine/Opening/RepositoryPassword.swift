// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Synchronization

/// A repository password, wiped from memory when the last reference goes away.
package final class RepositoryPassword: Sendable {
    private let bytes: Mutex<[UInt8]>

    package init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    package convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    deinit {
        bytes.withLock { $0.wipe() }
    }

    package var isEmpty: Bool { bytes.withLock { $0.isEmpty } }

    /// Lends the password to `body`, which must not keep a copy.
    package func withBytes<R: Sendable>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
        var copy = bytes.withLock { Array($0) }
        defer { copy.wipe() }
        return try body(copy.span)
    }
}
