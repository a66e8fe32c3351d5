// SPDX-License-Identifier: Apache-2.0

/// Stored and uncompressed length of many blobs at six bytes a blob.
///
/// Both lengths take 24 bits; the few blobs that need more (huge trees) are kept in a side table.
struct LengthColumn: Sendable {
    struct Pair: Equatable, Sendable {
        var stored: UInt32
        var uncompressed: UInt32
    }

    /// Three per blob: low half of the stored length, low half of the uncompressed length, the two high bytes.
    private var halves: [UInt16] = []
    private var large: [UInt32: Pair] = [:]

    private static let escape: UInt32 = 0xff_ffff

    var count: Int { halves.count / 3 }

    /// Bytes of memory held.
    var byteCount: Int { halves.capacity * 2 + large.capacity * 16 }

    mutating func reserveCapacity(_ count: Int) {
        halves.reserveCapacity(3 * count)
    }

    mutating func append(_ pair: Pair) {
        var stored = pair.stored
        var uncompressed = pair.uncompressed
        if stored >= Self.escape || uncompressed >= Self.escape {
            large[UInt32(truncatingIfNeeded: count)] = pair
            stored = Self.escape
            uncompressed = Self.escape
        }
        halves.append(UInt16(truncatingIfNeeded: stored))
        halves.append(UInt16(truncatingIfNeeded: uncompressed))
        halves.append(UInt16(truncatingIfNeeded: stored >> 16) << 8 | UInt16(truncatingIfNeeded: uncompressed >> 16))
    }

    func stored(at index: Int) -> UInt32 {
        let stored = UInt32(halves[3 * index]) | UInt32(halves[3 * index + 2] >> 8) << 16
        return stored == Self.escape ? self[index].stored : stored
    }

    subscript(index: Int) -> Pair {
        let high = halves[3 * index + 2]
        let pair = Pair(
            stored: UInt32(halves[3 * index]) | UInt32(high >> 8) << 16,
            uncompressed: UInt32(halves[3 * index + 1]) | UInt32(high & 0xff) << 16
        )
        guard pair.stored == Self.escape, let large = large[UInt32(truncatingIfNeeded: index)] else { return pair }
        return large
    }
}
