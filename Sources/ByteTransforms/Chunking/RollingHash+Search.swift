// SPDX-License-Identifier: Apache-2.0

extension RollingHash {
    /// The first candidate among `positions` of `bytes`.
    ///
    /// - Parameter positions: From 64 to the number of bytes, both included.
    /// - Complexity: O(number of positions up to the end of the block that holds the candidate).
    package func firstCandidate(in bytes: Span<UInt8>, positions: ClosedRange<Int>) -> Int? {
        precondition(positions.lowerBound >= Self.windowByteCount && positions.upperBound <= bytes.count)
        // SAFETY: positions lie within the span with a whole window before the first.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var first: Int?
            // The very first position alone: it is the one that runs of zeros are cut at.
            var position = positions.lowerBound
            unsafe scan(base + position, positionCount: 1) { _ in
                first = position
                return false
            }
            position += 1
            while usesVectorKernel, first == nil {
                let limit = positions.upperBound - position + 1
                if limit <= Self.vectorUnitPositionCount { break }
                let found = unsafe scanVector(base + position, limit: limit, bitmap: nil)
                first = found.first.map { position + $0 }
                position += found.searched
            }
            while first == nil, positions.upperBound - position + 1 >= Self.blockPositionCount {
                var nearest = Int.max
                unsafe scanLanes(base + position) { nearest = min(nearest, $0) }
                if nearest < Int.max { first = position + nearest }
                position += Self.blockPositionCount
            }
            if first == nil {
                unsafe scan(base + position, positionCount: positions.upperBound - position + 1) {
                    first = position + $0
                    return false
                }
            }
            return first
        }
    }

    /// Marks every candidate among `positions` of `bytes` in `map`, whose bit 0 stands for the first of them.
    package func markCandidates(in bytes: Span<UInt8>, positions: ClosedRange<Int>, map: inout CandidateMap) {
        precondition(positions.lowerBound >= Self.windowByteCount && positions.upperBound <= bytes.count)
        precondition(map.positionCount == positions.count, "the map must have one bit per position")
        // SAFETY: positions lie within the span with a whole window before the first.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let first = positions.lowerBound
            var done = 0
            while usesVectorKernel, positions.count - done > Self.vectorUnitPositionCount {
                let limit = positions.count - done
                // A whole number of units has a whole number of words.
                done += unsafe map.withWords(from: done / 64) { words in
                    unsafe scanVector(base + first + done, limit: limit, bitmap: words).searched
                }
            }
            while positions.count - done >= Self.blockPositionCount {
                unsafe scanLanes(base + first + done) { map.mark(done + $0) }
                done += Self.blockPositionCount
            }
            unsafe scan(base + first + done, positionCount: positions.count - done) {
                map.mark(done + $0)
                return true
            }
        }
    }
}
