// SPDX-License-Identifier: Apache-2.0

/// How many objects are asked for at once: few to begin with, then as many as stay below a number of bytes, since some kinds hold
/// megabytes an object and most hold little.
package struct PageSize: Sendable, Hashable {
    package private(set) var limit: Int
    private let maximum: Int
    private let targetByteCount: Int

    /// - Parameter maximum: Most objects of a page, whatever their size.
    package init(maximum: Int = 500, targetByteCount: Int = 8 << 20) {
        self.maximum = max(maximum, 1)
        self.targetByteCount = targetByteCount
        limit = min(self.maximum, 100)
    }

    /// Learns from a page.
    package mutating func note(objectCount: Int, byteCount: Int) {
        guard objectCount > 0 else { return }
        let average = max(byteCount / objectCount, 1)
        // Growth is limited, as what follows may be larger.
        limit = min(max(targetByteCount / average, 1), maximum, limit * 8)
    }
}
