// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

/// The chunk that every run of zeros is cut into: 512 KiB, known without reading or hashing anything.
package enum ZeroChunk {
    /// Number of bytes: the smallest a chunk may have.
    package static let byteCount = ChunkingRules.minimumByteCount

    /// SHA-256 of the chunk.
    package static let id = BlobID(
        Digest256(
            words: (0x0785_4d2f_ef29_7a06, 0xba81_685e_660c_332d, 0xe36d_5d18_d546_927d, 0x30da_ad6d_7fda_1541)
        )
    )

    /// How many zero chunks come next when the current chunk starts with `zeroByteCount` zeros.
    ///
    /// Holds for holes of sparse files: that many chunks need not be read. Cuts are exactly those that searching would find.
    package static func count(inZeros zeroByteCount: Int) -> Int {
        max(0, zeroByteCount) / byteCount
    }

    /// Whether `bytes` is this chunk.
    package static func matches(_ bytes: Span<UInt8>) -> Bool {
        bytes.count == byteCount && ZeroRun.byteCount(atStartOf: bytes) == byteCount
    }
}
