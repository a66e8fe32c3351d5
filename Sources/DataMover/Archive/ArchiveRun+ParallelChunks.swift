// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import VolumeIO

/// A segment of a file read and searched by a task of its own.
private struct SearchedSegment: Sendable {
    var index: Int
    /// The bytes before the segment that the search needed, then the segment itself.
    var segment: Segment
    var overlap: Int
    var candidates: CandidateSegment
    /// Whether the file ended in this segment.
    var isLast: Bool
}

extension ArchiveRun {
    /// Reads a file with several tasks, each searching its own segment; the cuts are chosen in order, the chunks saved in parallel.
    ///
    /// Costs the search of bytes where no cut can be, about a third of a file, and spreads the rest over all cores.
    func readChunksInParallel(of shared: SharedFile) async throws -> FileContent {
        let collector = ChunkCollector()
        let window = max(2, options.workerCount)
        try await withThrowingTaskGroup(of: SearchedSegment?.self) { group in
            var selection = ChunkAssembly()
            var waiting: [Int: SearchedSegment] = [:]
            var started = 0
            var searching = 0
            var isEndSeen = false
            while !selection.isComplete {
                while !isEndSeen, searching + waiting.count < window {
                    // Waits only while holding nothing; otherwise takes what is free and goes on with what is ready.
                    let count = SegmentPool.segmentByteCount + CandidateSegment.overlapByteCount
                    let isIdle = searching == 0 && waiting.isEmpty
                    let lease = isIdle ? try await segments.lease(count) : segments.tryLease(count)
                    guard let lease else { break }
                    let index = started
                    group.addTask { try self.search(shared, segment: index, lease: lease) }
                    started += 1
                    searching += 1
                }
                try await waitForCapacity()
                guard let result = try await group.next() else { break }
                guard let searched = result else { continue }
                searching -= 1
                isEndSeen = isEndSeen || searched.isLast
                waiting[searched.index] = searched
                while let next = waiting.removeValue(forKey: selection.segmentCount) {
                    for chunk in selection.append(
                        next.segment,
                        overlap: next.overlap,
                        next.candidates,
                        next.isLast,
                        segments
                    ) {
                        let index = collector.reserve(byteCount: chunk.range.count)
                        group.addTask {
                            try self.saveChunk(chunk.range, of: chunk.segment, as: index, to: collector)
                            return nil
                        }
                    }
                    if selection.isComplete { break }
                }
            }
            try await group.waitForAll()
        }
        return collector.result
    }

    private func search(_ shared: SharedFile, segment index: Int, lease: SegmentLease) throws -> SearchedSegment {
        let offset = index * SegmentPool.segmentByteCount
        let overlap = min(offset, CandidateSegment.overlapByteCount)
        let wanted = SegmentPool.segmentByteCount + overlap
        var bytes = segments.takeBuffer(wanted)
        let count = try shared.file.read(into: &bytes, byteCount: wanted, at: offset - overlap)
        let isLast = count < wanted
        // A file that shrank may end before this segment: an earlier one is the last then.
        if count < overlap { bytes.append(contentsOf: repeatElement(0, count: overlap - count)) }
        let candidates = CandidateSegment(searching: bytes.span, offset: offset, hash: hash)
        return SearchedSegment(
            index: index,
            segment: Segment(bytes, lease: lease, pool: segments),
            overlap: overlap,
            candidates: candidates,
            isLast: isLast
        )
    }
}

/// Cuts a file whose segments come in order, keeping only the part of a chunk that crosses into the next segment.
struct ChunkAssembly {
    private var selector = ChunkSelector()
    private var carry: [UInt8] = []
    private(set) var segmentCount = 0
    private(set) var isComplete = false

    /// Takes the next segment and returns the chunks that are complete with it.
    mutating func append(
        _ segment: Segment,
        overlap: Int,
        _ candidates: CandidateSegment,
        _ isLast: Bool,
        _ pool: SegmentPool
    ) -> [(segment: Segment, range: Range<Int>)] {
        var chunks: [(segment: Segment, range: Range<Int>)] = []
        let offset = candidates.offset
        selector.append(candidates)
        // Where the current chunk's bytes in this segment start, as an index into the segment's buffer.
        var start = overlap
        while let cut = selector.nextCut(isEnd: isLast) {
            let end = cut - offset + overlap
            if carry.isEmpty {
                chunks.append((segment, start..<end))
            } else {
                carry.append(contentsOf: segment.bytes[start..<end])
                chunks.append((Segment(carry, lease: nil, pool: pool), 0..<carry.count))
                carry = []
            }
            start = end
        }
        carry.append(contentsOf: segment.bytes[start...])
        segmentCount += 1
        isComplete = isLast
        return chunks
    }
}
