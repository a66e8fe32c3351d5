// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// One bit for each blob of an index, by the ordinal of its first copy.
package struct BlobMarks: Sendable {
    private var words: PerKind<[UInt64]>

    /// No blob is marked.
    package init(for index: MasterIndex) {
        words = PerKind { Array(repeating: 0, count: (index.ordinalLimit(of: $0) + 63) / 64) }
    }

    /// Marks a blob.
    ///
    /// - Returns: Whether it was not marked before.
    @discardableResult
    package mutating func insert(_ ordinal: UInt32, _ kind: BlobKind) -> Bool {
        let bit = UInt64(1) << UInt64(ordinal % 64)
        let missing = Int(ordinal / 64) + 1 - words[kind].count
        // A blob that came into the index later.
        if missing > 0 { words[kind].append(contentsOf: repeatElement(0, count: missing)) }
        guard words[kind][Int(ordinal / 64)] & bit == 0 else { return false }
        words[kind][Int(ordinal / 64)] |= bit
        return true
    }

    package func contains(_ ordinal: UInt32, _ kind: BlobKind) -> Bool {
        guard Int(ordinal / 64) < words[kind].count else { return false }
        return words[kind][Int(ordinal / 64)] & (UInt64(1) << UInt64(ordinal % 64)) != 0
    }

    /// How many blobs of a kind are marked.
    package func count(_ kind: BlobKind) -> Int {
        words[kind].reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
