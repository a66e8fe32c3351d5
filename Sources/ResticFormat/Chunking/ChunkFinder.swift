// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// Finds where the chunks of one stream of bytes end.
///
/// The caller shows the bytes from the start of the current chunk on, as many as it has, and again with more of them when no
/// cut was found; bytes seen once are not hashed again. After a cut the next chunk starts there.
///
/// Not thread-safe; one value per stream, or one after another with ``reset()``.
///
/// - SeeAlso: restic design document, "Backups and Deduplication".
package struct ChunkFinder: Sendable {
    private let hash: RollingHash
    /// Length of the current chunk up to which no cut exists.
    private var searchedByteCount = 0

    /// - Parameter hash: Of the repository's polynomial; shared between all workers.
    package init(hash: RollingHash) {
        self.hash = hash
    }

    /// The length of the current chunk; nil when more bytes are needed to tell, or when there are no bytes at all.
    ///
    /// - Parameters:
    ///   - buffer: Bytes from the start of the current chunk on; at least those shown before. More than
    ///     ``ChunkingRules/maximumByteCount`` are not looked at.
    ///   - isEnd: Whether the stream ends with these bytes.
    /// - Complexity: O(bytes not seen before), none for those that cannot end a chunk.
    package mutating func nextCut(in buffer: Span<UInt8>, isEnd: Bool) -> Int? {
        let available = min(buffer.count, ChunkingRules.maximumByteCount)
        let first = max(ChunkingRules.minimumByteCount, searchedByteCount + 1)
        if first <= available {
            if let cut = hash.firstCandidate(in: buffer, positions: first...available) { return end(at: cut) }
            searchedByteCount = available
        }
        if available == ChunkingRules.maximumByteCount { return end(at: available) }
        return isEnd && available > 0 ? end(at: available) : nil
    }

    /// Forgets the current chunk, to start with another stream.
    package mutating func reset() {
        searchedByteCount = 0
    }

    private mutating func end(at length: Int) -> Int {
        searchedByteCount = 0
        return length
    }
}

extension RollingHash {
    /// Computes the tables of a repository's polynomial.
    package convenience init(_ polynomial: Polynomial) {
        self.init(polynomial: polynomial.bits)
    }
}
