// SPDX-License-Identifier: Apache-2.0

/// Which of a run of positions are candidates for a cut: one bit each, so that no data can make it large.
package struct CandidateMap: Hashable, Sendable {
    /// Number of positions covered.
    package let positionCount: Int
    private var words: [UInt64]

    /// Covers `positionCount` positions, none a candidate so far.
    package init(positionCount: Int) {
        precondition(positionCount >= 0)
        self.positionCount = positionCount
        words = [UInt64](repeating: 0, count: (positionCount + 63) / 64)
    }

    /// Marks a position, counted from the first one covered.
    package mutating func mark(_ position: Int) {
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    /// The first candidate at `position` or after it; nil if there is none.
    package func first(from position: Int) -> Int? {
        guard position < positionCount else { return nil }
        var index = position >> 6
        var word = words[index] & (~0 << UInt64(position & 63))
        while word == 0 {
            index += 1
            guard index < words.count else { return nil }
            word = words[index]
        }
        return index << 6 + word.trailingZeroBitCount
    }

    /// Lends the words from index `first` on, 64 positions each.
    mutating func withWords<R>(from first: Int, _ body: (UnsafeMutablePointer<UInt64>?) -> R) -> R {
        precondition(first <= words.count)
        // SAFETY: the array's own storage, exclusively accessed during the call.
        return unsafe words.withUnsafeMutableBufferPointer { buffer in
            unsafe body(buffer.baseAddress.map { unsafe $0 + first })
        }
    }
}
