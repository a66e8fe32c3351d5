// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import VolumeIO

/// Where the bytes of a stream to be cut into chunks come from.
protocol ChunkSource {
    /// Bytes that are still to come as far as known, to size buffers.
    var expectedByteCount: Int { get }

    /// Appends the next bytes to `buffer`, which holds the current chunk so far, or skips zeros.
    ///
    /// - Parameter limit: Most bytes to append.
    mutating func next(into buffer: inout [UInt8], limit: Int) async throws -> ChunkSourceStep
}

enum ChunkSourceStep {
    case bytes(isEnd: Bool)
    /// So many zero chunks come next; the buffer is empty.
    case zeroChunks(Int)
}

/// Reads a regular file, its holes without reading them.
struct FileSource: ChunkSource {
    private let shared: SharedFile
    private let byteCount: Int
    private var position = 0
    /// While true, holes are looked for; false behind the last of them.
    private var seeksHoles: Bool
    /// The stored range that ``position`` lies in or before.
    private var extent = 0..<0
    /// Where the hole before ``extent`` starts.
    private var holeStart = 0

    init(_ shared: SharedFile, _ metadata: FileMetadata) {
        self.shared = shared
        byteCount = metadata.byteCount
        seeksHoles = metadata.mayHaveHoles
    }

    var expectedByteCount: Int { max(0, byteCount - position) }

    mutating func next(into buffer: inout [UInt8], limit: Int) throws -> ChunkSourceStep {
        while seeksHoles {
            if position >= extent.upperBound {
                holeStart = position
                extent =
                    try shared.file.nextDataExtent(after: position, fileByteCount: byteCount) ?? byteCount..<byteCount
            }
            if position < extent.lowerBound { return skipHole(upTo: extent.lowerBound, buffer: &buffer) }
            guard !extent.isEmpty else {
                // Behind the last extent the file is read to its end, wherever that is by now.
                seeksHoles = false
                break
            }
            let wanted = min(limit, extent.upperBound - position)
            let count = try shared.file.read(into: &buffer, byteCount: wanted, at: position)
            position += count
            return .bytes(isEnd: count < wanted)
        }
        let count = try shared.file.read(into: &buffer, byteCount: limit, at: position)
        position += count
        return .bytes(isEnd: count < limit)
    }

    private mutating func skipHole(upTo end: Int, buffer: inout [UInt8]) -> ChunkSourceStep {
        // When the current chunk holds nothing but zeros of this hole, it is counted with the rest.
        if position - buffer.count >= holeStart {
            position -= buffer.count
            buffer.removeAll(keepingCapacity: true)
            let count = ZeroChunk.count(inZeros: end - position)
            if count > 0 {
                position += count * ZeroChunk.byteCount
                return .zeroChunks(count)
            }
        }
        // Zeros up to a place where the current chunk must have ended: the next one then starts in the hole.
        let count = min(end - position, ZeroChunk.byteCount + 64)
        buffer.append(contentsOf: repeatElement(0, count: count))
        position += count
        return .bytes(isEnd: false)
    }
}
