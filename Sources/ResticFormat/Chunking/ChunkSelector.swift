// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// The candidates for a cut in one segment of a stream, found without knowing anything before or after it.
///
/// Segments of one stream are searched in parallel, then a ``ChunkSelector`` takes them in order.
package struct CandidateSegment: Hashable, Sendable {
    /// Bytes before a segment that its search needs to see.
    package static let overlapByteCount = RollingHash.windowByteCount - 1

    /// Offset in the stream of the segment's first byte.
    package let offset: Int
    /// Bytes in the segment.
    package let byteCount: Int
    /// Bit `i` tells of a cut after byte `offset + i`; positions too close to the start of the stream are not covered.
    let map: CandidateMap
    let firstPosition: Int

    /// Searches a segment.
    ///
    /// - Parameters:
    ///   - bytes: The overlap (all bytes before the segment, but at most ``overlapByteCount``), then the segment.
    ///   - offset: Offset in the stream of the segment itself.
    package init(searching bytes: Span<UInt8>, offset: Int, hash: RollingHash) {
        let overlap = min(offset, Self.overlapByteCount)
        precondition(bytes.count >= overlap, "the bytes before the segment are missing")
        self.offset = offset
        byteCount = bytes.count - overlap
        let first = max(overlap + 1, RollingHash.windowByteCount)
        firstPosition = offset - overlap + first
        var map = CandidateMap(positionCount: max(0, bytes.count - first + 1))
        if first <= bytes.count { hash.markCandidates(in: bytes, positions: first...bytes.count, map: &map) }
        self.map = map
    }

    /// The first candidate at `position` of the stream or after it.
    func first(from position: Int) -> Int? {
        map.first(from: max(0, position - firstPosition)).map { $0 + firstPosition }
    }
}

/// Chooses cuts among the candidates of a stream's segments; the cuts are those that ``ChunkFinder`` would find.
package struct ChunkSelector: Sendable {
    private var segments: [CandidateSegment] = []
    private var head = 0
    private var chunkStart = 0
    /// Bytes of the stream whose candidates were added.
    package private(set) var knownByteCount = 0

    package init() {}

    /// Adds the segment that follows those added before.
    package mutating func append(_ segment: CandidateSegment) {
        precondition(segment.offset == knownByteCount, "segments must be added in the order of the stream")
        knownByteCount += segment.byteCount
        segments.append(segment)
    }

    /// Offset in the stream of the current chunk's end, which is then the next one's start; nil when more segments are
    /// needed to tell, or when nothing is left.
    ///
    /// - Parameter isEnd: Whether the stream ends with the last segment added.
    package mutating func nextCut(isEnd: Bool) -> Int? {
        let lowest = chunkStart + ChunkingRules.minimumByteCount
        let highest = chunkStart + ChunkingRules.maximumByteCount
        while head < segments.count {
            let segment = segments[head]
            if let cut = segment.first(from: lowest) { return end(at: min(cut, highest)) }
            if segment.offset + segment.byteCount >= highest { return end(at: highest) }
            dropHead()
        }
        return isEnd && chunkStart < knownByteCount ? end(at: knownByteCount) : nil
    }

    private mutating func end(at position: Int) -> Int {
        chunkStart = position
        return position
    }

    private mutating func dropHead() {
        head += 1
        if head > 32, head * 2 > segments.count {
            segments.removeFirst(head)
            head = 0
        }
    }
}
