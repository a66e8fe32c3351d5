// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import VolumeIO

/// Finds out which chunks of an existing file are already what the snapshot says.
enum ExistingContent {
    /// - Parameter lengths: Plaintext length of each chunk, in bytes.
    /// - Returns: For each chunk, whether the file holds it at its place.
    static func matches(
        _ file: borrowing OpenFile,
        chunks: [BlobID],
        lengths: [Int],
        isCancelled: () -> Bool
    ) throws -> [Bool] {
        let hasher = SHA256Hasher()
        var buffer: [UInt8] = []
        var matches: [Bool] = []
        matches.reserveCapacity(chunks.count)
        var offset = 0
        for (chunk, length) in zip(chunks, lengths) {
            if isCancelled() { throw CancellationError() }
            buffer.removeAll(keepingCapacity: true)
            let count = try file.read(into: &buffer, byteCount: length, at: offset)
            hasher.update(buffer.span)
            matches.append(BlobID(hasher.finalize()) == chunk && count == length)
            offset += length
        }
        return matches
    }
}
