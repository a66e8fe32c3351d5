// SPDX-License-Identifier: Apache-2.0

import ByteTransforms

/// The chunker as the format describes it: one byte at a time, one window buffer, nothing skipped but what must be.
struct ReferenceChunker {
    static let minimumByteCount = 512 * 1024
    static let maximumByteCount = 8 * 1024 * 1024

    private var reductions: [UInt64] = []
    private var removals: [UInt64] = []
    private var window = [UInt8](repeating: 0, count: 64)
    private var windowIndex = 0
    private(set) var digest: UInt64 = 0
    private var count = 0
    private var skipped = 0

    init(polynomial: UInt64) {
        for byte in 0..<UInt64(256) {
            var removal = byte
            for _ in 0..<63 { removal = Self.reduce(removal << 8, polynomial) }
            removals.append(Self.reduce(removal, polynomial))
            reductions.append(Self.reduce(byte << 53, polynomial) | byte << 53)
        }
        reset()
    }

    /// The tables' entries, as published.
    func removal(of byte: Int) -> UInt64 { removals[byte] }
    func reduction(of byte: Int) -> UInt64 { reductions[byte] }

    /// All cuts of `bytes`, the last one at their end, with the digest at each.
    mutating func cuts(in bytes: [UInt8]) -> [(position: Int, digest: UInt64)] {
        var cuts: [(position: Int, digest: UInt64)] = []
        reset()
        for (index, byte) in bytes.enumerated() {
            count += 1
            if skipped > 0 {
                skipped -= 1
                continue
            }
            slide(byte)
            guard count >= Self.minimumByteCount else { continue }
            if digest & 0xf_ffff == 0 || count >= Self.maximumByteCount {
                cuts.append((index + 1, digest))
                reset()
            }
        }
        if count > 0 { cuts.append((bytes.count, digest)) }
        return cuts
    }

    private mutating func reset() {
        for index in window.indices { window[index] = 0 }
        windowIndex = 0
        digest = 0
        slide(1)
        count = 0
        skipped = Self.minimumByteCount - 64
    }

    private mutating func slide(_ byte: UInt8) {
        let leaving = window[windowIndex]
        window[windowIndex] = byte
        windowIndex = (windowIndex + 1) & 63
        digest ^= removals[Int(leaving)]
        let index = Int(digest >> 45)
        digest = (digest << 8 | UInt64(byte)) ^ reductions[index]
    }

    private static func reduce(_ value: UInt64, _ polynomial: UInt64) -> UInt64 {
        var rest = value
        for bit in stride(from: UInt64(63), through: 53, by: -1) where rest >> bit & 1 != 0 {
            rest ^= polynomial << (bit - 53)
        }
        return rest
    }
}
