// SPDX-License-Identifier: Apache-2.0

/// A seeded, repeatable source of numbers and bytes (SplitMix64); never for keys outside tests.
package struct SplitMixGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// The next `count` bytes: each number little-endian, the last one cut short if need be.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](capacity: count) { output in
            while output.freeCapacity > 0 {
                var word = next()
                for _ in 0..<min(8, output.freeCapacity) {
                    output.append(UInt8(truncatingIfNeeded: word))
                    word >>= 8
                }
            }
        }
    }
}
