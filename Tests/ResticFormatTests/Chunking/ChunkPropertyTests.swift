// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

/// Sequential, parallel and reference chunkers agree on every kind of data, however it arrives.
@Suite("Chunk properties")
struct ChunkPropertyTests {
    enum Content: String, CaseIterable {
        case random, lowEntropy, zeroRuns, constant, periodic, zeros
    }

    private static let polynomials: [UInt64] = [0x3D_A335_8B4D_C173, 0x20_0000_0000_0047, 0x3f_bf74_28db_982f]

    @Test("all three find the same cuts", arguments: Content.allCases, [UInt64(1), 2])
    func sameCuts(content: Content, seed: UInt64) {
        var generator = SplitMixGenerator(seed: seed &* 1000 &+ UInt64(content.rawValue.utf8.count))
        let polynomial = Self.polynomials[Int(seed) % Self.polynomials.count]
        let count = 700_000 + Int(generator.next() % 2_500_000)
        let bytes = Self.bytes(content, count: count, using: &generator)
        var reference = ReferenceChunker(polynomial: polynomial)
        let expected = reference.cuts(in: bytes).map(\.position)
        let hash = RollingHash(polynomial: polynomial)
        #expect(Self.sequentialCuts(bytes, hash) { $0 } == expected, "whole input, seed \(seed)")
        let portable = RollingHash(polynomial: polynomial, allowsVectorKernel: false)
        #expect(Self.sequentialCuts(bytes, portable) { $0 } == expected, "portable, seed \(seed)")
        for step in [524_288, 65_537] {
            #expect(Self.sequentialCuts(bytes, hash) { $0 + step } == expected, "steps of \(step), seed \(seed)")
        }
        var steps = SplitMixGenerator(seed: seed)
        let irregular = Self.sequentialCuts(bytes, hash) { $0 + 1 + Int(steps.next() % 200_000) }
        #expect(irregular == expected, "irregular steps, seed \(seed)")
        for segment in [1 << 20, 65_536, 100_003] {
            #expect(Self.parallelCuts(bytes, hash, segment) == expected, "segments of \(segment), seed \(seed)")
        }
    }

    @Test("arriving byte by byte around the minimum changes nothing")
    func singleBytes() {
        var generator = SplitMixGenerator(seed: 77)
        // A window of zeros right at the minimum makes the cut fall there.
        var bytes = generator.bytes(600_000)
        for index in (524_288 - 64)..<524_288 { bytes[index] = 0 }
        let hash = RollingHash(polynomial: Self.polynomials[0])
        var finder = ChunkFinder(hash: hash)
        for count in 524_000..<524_288 {
            #expect(finder.nextCut(in: bytes.span.extracting(..<count), isEnd: false) == nil)
        }
        #expect(finder.nextCut(in: bytes.span.extracting(..<524_288), isEnd: false) == 524_288)
        bytes[524_287] = 1
        finder.reset()
        for count in 524_288..<524_600 {
            #expect(finder.nextCut(in: bytes.span.extracting(..<count), isEnd: false) == nil)
        }
    }

    @Test("a segment tells candidates apart from all other positions")
    func candidates() {
        var generator = SplitMixGenerator(seed: 78)
        var bytes = generator.bytes(200_000)
        for index in 70_000..<70_100 { bytes[index] = 0 }
        let hash = RollingHash(polynomial: Self.polynomials[0])
        var map = CandidateMap(positionCount: bytes.count - 63)
        hash.markCandidates(in: bytes.span, positions: 64...bytes.count, map: &map)
        var position = 64
        while position <= bytes.count {
            let window = bytes.span.extracting((position - 64)..<position)
            let isCandidate = hash.digest(of: window) & RollingHash.candidateMask == 0
            #expect((map.first(from: position - 64) == position - 64) == isCandidate)
            position += position > 69_900 && position < 70_200 ? 1 : 97
        }
        #expect(map.first(from: 0) == 70_000)
        #expect(hash.firstCandidate(in: bytes.span, positions: 64...bytes.count) == 70_064)
        #expect(hash.firstCandidate(in: bytes.span, positions: 70_065...bytes.count) == 70_065)
        #expect(map.first(from: 200_000) == nil)
    }

    @Test("holes longer than the minimum are zero chunks without being read")
    func holes() {
        var generator = SplitMixGenerator(seed: 79)
        let head = generator.bytes(700_000)
        let hole = [UInt8](repeating: 0, count: 2_000_000)
        let hash = RollingHash(polynomial: Self.polynomials[0])
        let cuts = Self.sequentialCuts(head + hole + head, hash) { $0 }
        // The first cut in the hole aligns everything after it.
        let first = cuts.first { $0 >= head.count }
        if let first {
            let remaining = head.count + hole.count - first
            for index in 1...ZeroChunk.count(inZeros: remaining) {
                #expect(cuts.contains(first + index * ZeroChunk.byteCount))
            }
        }
        #expect(first != nil)
    }

    @Test("runs of zeros are measured exactly")
    func zeroRuns() {
        for count in 0..<300 {
            let bytes = [UInt8](repeating: 0, count: count)
            #expect(ZeroRun.byteCount(atStartOf: bytes.span) == count)
            #expect(ZeroRun.byteCount(atStartOf: (bytes + [1, 0, 0]).span) == count)
        }
    }

    private static func sequentialCuts(_ bytes: [UInt8], _ hash: RollingHash, grow: (Int) -> Int) -> [Int] {
        var finder = ChunkFinder(hash: hash)
        var cuts: [Int] = []
        var start = 0
        var shown = grow(0) == 0 ? bytes.count : 0
        while true {
            let end = min(shown, bytes.count)
            if let length = finder.nextCut(
                in: bytes.span.extracting(start..<max(start, end)),
                isEnd: end == bytes.count
            ) {
                start += length
                cuts.append(start)
            } else if end == bytes.count {
                return cuts
            } else {
                shown = grow(shown)
            }
        }
    }

    private static func parallelCuts(_ bytes: [UInt8], _ hash: RollingHash, _ segmentByteCount: Int) -> [Int] {
        var selector = ChunkSelector()
        var cuts: [Int] = []
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + segmentByteCount, bytes.count)
            let start = max(0, offset - CandidateSegment.overlapByteCount)
            selector.append(
                CandidateSegment(searching: bytes.span.extracting(start..<end), offset: offset, hash: hash)
            )
            offset = end
            while let cut = selector.nextCut(isEnd: offset == bytes.count) { cuts.append(cut) }
        }
        return cuts
    }

    private static func bytes(
        _ content: Content,
        count: Int,
        using generator: inout SplitMixGenerator
    ) -> [UInt8] {
        switch content {
        case .random: return generator.bytes(count)
        case .lowEntropy: return generator.bytes(count).map { $0 & 1 }
        case .constant: return [UInt8](repeating: UInt8(truncatingIfNeeded: generator.next() | 1), count: count)
        case .zeros: return [UInt8](repeating: 0, count: count)
        case .periodic:
            let period = generator.bytes(2 + Int(generator.next() % 100))
            return (0..<count).map { period[$0 % period.count] }
        case .zeroRuns:
            var bytes: [UInt8] = []
            while bytes.count < count {
                bytes += generator.bytes(Int(generator.next() % 400_000))
                bytes += [UInt8](repeating: 0, count: Int(generator.next() % 1_500_000))
            }
            return Array(bytes[..<count])
        }
    }
}
