// SPDX-License-Identifier: Apache-2.0

extension RollingHash {
    /// Positions one lane covers; an odd number of cache lines, so that the lanes do not fight for the same sets.
    static let lanePositionCount = 8192 + 64
    static let laneCount = 8
    /// Positions covered by one call of ``scanLanes(_:onCandidate:)``.
    static let blockPositionCount = laneCount * lanePositionCount

    /// Searches ``blockPositionCount`` positions, several lanes at once; the first is that right at `start`.
    ///
    /// - Parameters:
    ///   - start: Where the first position is; 64 bytes before it and one less than ``blockPositionCount`` from it on are
    ///     read.
    ///   - onCandidate: Called with distances from the first position; in order within a lane, but not between lanes.
    @inline(__always)
    func scanLanes(_ start: UnsafePointer<UInt8>, onCandidate: (Int) -> Void) {
        let mask = Self.candidateMask
        let window = Self.windowByteCount
        let step = Self.lanePositionCount
        // SAFETY: the caller guarantees the bytes named above; table indexes are bytes, or digests shifted to a byte.
        let reduction = unsafe UnsafePointer(tables)
        let removal = unsafe reduction + Self.removalOffset
        @inline(__always)
        func warm(_ lane: Int) -> UInt64 {
            unsafe digest(from: start + (lane * step - window), byteCount: window)
        }
        @inline(__always)
        func slide(_ digest: inout UInt64, _ next: UnsafePointer<UInt8>, _ lane: Int) -> Bool {
            let entering = unsafe UInt64(next[lane * step])
            let leaving = unsafe removal[Int(next[lane * step - window])]
            let reduced = unsafe reduction[Int(truncatingIfNeeded: digest >> Self.topByteShift)]
            digest = (digest << 8) ^ (leaving ^ entering) ^ reduced
            return digest & mask == 0
        }
        var (d0, d1, d2, d3) = (warm(0), warm(1), warm(2), warm(3))
        var (d4, d5, d6, d7) = (warm(4), warm(5), warm(6), warm(7))
        if d0 & mask == 0 { onCandidate(0) }
        if d1 & mask == 0 { onCandidate(step) }
        if d2 & mask == 0 { onCandidate(2 * step) }
        if d3 & mask == 0 { onCandidate(3 * step) }
        if d4 & mask == 0 { onCandidate(4 * step) }
        if d5 & mask == 0 { onCandidate(5 * step) }
        if d6 & mask == 0 { onCandidate(6 * step) }
        if d7 & mask == 0 { onCandidate(7 * step) }
        for index in 0..<(step - 1) {
            let next = unsafe start + index
            if unsafe slide(&d0, next, 0) { onCandidate(index + 1) }
            if unsafe slide(&d1, next, 1) { onCandidate(index + 1 + step) }
            if unsafe slide(&d2, next, 2) { onCandidate(index + 1 + 2 * step) }
            if unsafe slide(&d3, next, 3) { onCandidate(index + 1 + 3 * step) }
            if unsafe slide(&d4, next, 4) { onCandidate(index + 1 + 4 * step) }
            if unsafe slide(&d5, next, 5) { onCandidate(index + 1 + 5 * step) }
            if unsafe slide(&d6, next, 6) { onCandidate(index + 1 + 6 * step) }
            if unsafe slide(&d7, next, 7) { onCandidate(index + 1 + 7 * step) }
        }
    }

    /// Searches `positionCount` positions one after the other; the first is that right at `start`.
    ///
    /// Stops when `onCandidate` returns false.
    @inline(__always)
    func scan(_ start: UnsafePointer<UInt8>, positionCount: Int, onCandidate: (Int) -> Bool) {
        guard positionCount > 0 else { return }
        let window = Self.windowByteCount
        // SAFETY: the caller guarantees 64 bytes before `start` and `positionCount - 1` from it on.
        let removal = unsafe tables + Self.removalOffset
        var digest = unsafe digest(from: start - window, byteCount: window)
        var index = 0
        while true {
            if digest & Self.candidateMask == 0, !onCandidate(index) { return }
            if index + 1 == positionCount { return }
            let change = unsafe removal[Int(start[index - window])] ^ UInt64(start[index])
            let reduced = unsafe tables[Int(truncatingIfNeeded: digest >> Self.topByteShift)]
            digest = (digest << 8) ^ change ^ reduced
            index += 1
        }
    }
}
