// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// The chunks of one file.
struct FileContent: Sendable {
    var ids: [BlobID] = []
    var byteCount = 0
    var added = AddedBytes()
}

/// Collects the ids of one file's chunks, which are saved in any order.
final class ChunkCollector: Sendable {
    private let content = Mutex(FileContent())
    private static let unknown = BlobID(Digest256(words: (0, 0, 0, 0)))

    /// Takes the next place in the file.
    func reserve(byteCount: Int) -> Int {
        content.withLock { content in
            content.ids.append(Self.unknown)
            content.byteCount += byteCount
            return content.ids.count - 1
        }
    }

    func set(_ index: Int, _ blob: ArchivedBlob, byteCount: Int) {
        content.withLock { content in
            content.ids[index] = blob.id
            content.added.add(blob, byteCount: byteCount)
        }
    }

    func appendZeroChunks(_ count: Int) {
        content.withLock { content in
            content.ids.append(contentsOf: repeatElement(ZeroChunk.id, count: count))
            content.byteCount += count * ZeroChunk.byteCount
        }
    }

    var result: FileContent { content.withLock { $0 } }
}

extension ArchiveRun {
    /// Reads a stream in segments; one task finds the cuts while others save the chunks found before.
    func readChunks(from source: some ChunkSource) async throws -> FileContent {
        var source = source
        var finder = ChunkFinder(hash: hash)
        let collector = ChunkCollector()
        try await withThrowingDiscardingTaskGroup { group in
            // The current chunk so far; outside the budget, so that waiting for the budget holds nothing others wait for.
            var carry: [UInt8] = []
            var isEnd = false
            while !isEnd {
                let limit = min(SegmentPool.segmentByteCount, source.expectedByteCount + 1)
                let lease = try await segments.lease(carry.count + limit)
                try await waitForCapacity()
                var bytes = segments.takeBuffer(carry.count + limit)
                bytes.append(contentsOf: carry)
                switch try await source.next(into: &bytes, limit: limit) {
                case .zeroChunks(let count):
                    carry.removeAll(keepingCapacity: true)
                    finder.reset()
                    try saveZeroChunk()
                    collector.appendZeroChunks(count)
                    progress.add(count * ZeroChunk.byteCount, to: progress.bytesDone)
                case .bytes(let isLast):
                    isEnd = isLast
                    var start = 0
                    var chunks: [Range<Int>] = []
                    while let length = finder.nextCut(
                        in: bytes.span.extracting(start..<bytes.count),
                        isEnd: isEnd
                    ) {
                        chunks.append(start..<(start + length))
                        start += length
                    }
                    carry.removeAll(keepingCapacity: true)
                    carry.append(contentsOf: bytes[start...])
                    let segment = Segment(bytes, lease: lease, pool: segments)
                    for range in chunks {
                        let index = collector.reserve(byteCount: range.count)
                        group.addTask { try self.saveChunk(range, of: segment, as: index, to: collector) }
                    }
                }
            }
        }
        return collector.result
    }

    /// Saves one chunk of a segment.
    func saveChunk(_ range: Range<Int>, of segment: Segment, as index: Int, to collector: ChunkCollector) throws {
        try Task.checkCancellation()
        let bytes = segment.bytes
        let chunk = bytes.span.extracting(range)
        let blob = try save(.data, chunk, id: ZeroChunk.matches(chunk) ? ZeroChunk.id : nil)
        collector.set(index, blob, byteCount: range.count)
        progress.add(range.count, to: progress.bytesDone)
    }

    /// Stores the zero chunk when it is first met; afterwards it is only looked up.
    private func saveZeroChunk() throws {
        guard !sink.contains(.data, ZeroChunk.id) else { return }
        let zeros = [UInt8](repeating: 0, count: ZeroChunk.byteCount)
        _ = try save(.data, zeros.span, id: ZeroChunk.id)
    }
}
