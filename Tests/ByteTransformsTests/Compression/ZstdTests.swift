// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

@Suite("Zstd")
struct ZstdTests {
    private static let samples: [[UInt8]] = {
        var generator = SplitMixGenerator(seed: 21)
        return [
            [], [0x42], Array("hello restic\n".utf8), generator.bytes(1000), [UInt8](repeating: 0, count: 1 << 20),
            Array(String(repeating: "directory entries repeat themselves; ", count: 20_000).utf8),
            generator.bytes(300_000),
        ]
    }()

    @Test("decompresses what it compressed, at every level restic has a name for", arguments: [1, 3, 7, 11])
    func roundTrip(level: Int) throws {
        let compressor = ZstdCompressor(level: level)
        let decompressor = ZstdDecompressor()
        for sample in Self.samples {
            var frame: [UInt8] = [9]
            try compressor.compress(sample.span, appendingTo: &frame)
            var content: [UInt8] = [8]
            try decompressor.decompress(
                frame.span.extracting(1...),
                maximumByteCount: sample.count,
                appendingTo: &content
            )
            #expect(content == [8] + sample)
        }
    }

    @Test("frames written in pieces, which carry no content size, are read back")
    func streaming() throws {
        let compressor = ZstdCompressor(level: 3)
        let decompressor = ZstdDecompressor()
        for sample in Self.samples {
            var frame: [UInt8] = []
            var position = 0
            while position < sample.count {
                let end = min(position + 70_001, sample.count)
                try compressor.update(sample.span.extracting(position..<end), appendingTo: &frame)
                position = end
            }
            try compressor.finish(appendingTo: &frame)
            var content: [UInt8] = []
            try decompressor.decompress(frame.span, maximumByteCount: sample.count, appendingTo: &content)
            #expect(content == sample)
        }
    }

    @Test("a dropped frame leaves no trace in the next one")
    func droppedFrame() throws {
        let sample3 = Self.samples[3]
        let sample6 = Self.samples[6]
        let compressor = ZstdCompressor(level: 1)
        var expected: [UInt8] = []
        try compressor.compress(sample3.span, appendingTo: &expected)
        var ignored: [UInt8] = []
        try compressor.update(sample6.span, appendingTo: &ignored)
        var frame: [UInt8] = []
        try compressor.compress(sample3.span, appendingTo: &frame)
        #expect(frame == expected)
    }

    /// The raw-block frame of the complete repository in the format notes, and a frame without content size.
    @Test("reads hand-made frames")
    func handMade() throws {
        let digits = Array(String(repeating: "0123456789", count: 10).utf8)
        var content: [UInt8] = []
        let decompressor = ZstdDecompressor()
        let sized = [UInt8](hex: "28b52ffd2064210300") + digits
        try decompressor.decompress(sized.span, maximumByteCount: 100, appendingTo: &content)
        let unsized = [UInt8](hex: "28b52ffd0000210300") + digits
        let both = unsized + sized
        try decompressor.decompress(unsized.span, maximumByteCount: 100, appendingTo: &content)
        try decompressor.decompress(both.span, maximumByteCount: 200, appendingTo: &content)
        #expect(content == digits + digits + digits + digits)
        #expect(failure(Array(sized.dropLast()), 100) == .truncated)
        #expect(failure(sized, 99) == .tooLarge)
        #expect(failure(unsized, 99) == .tooLarge)
        #expect(failure(unsized + sized, 199) == .tooLarge)
        #expect(failure(sized + [0x28], 200) == .truncated)
        #expect(failure(sized + Array("trailing bytes".utf8), 200) == .malformed)
    }

    @Test("a bomb is stopped at the maximum, and a huge claimed size costs nothing")
    func bombs() throws {
        let compressor = ZstdCompressor(level: 3)
        var bomb: [UInt8] = []
        let zeros = [UInt8](repeating: 0, count: 64 << 20)
        try compressor.compress(zeros.span, appendingTo: &bomb)
        #expect(failure(bomb, 1 << 20) == .tooLarge)
        // Single segment, 8-byte content size of 2^62, then one raw block of one byte.
        let claim = [UInt8](hex: "28b52ffde00000000000000040090000aa")
        #expect(failure(claim, .max / 2) != nil)
    }

    @Test("every truncation and most byte changes of a frame are errors, none a trap")
    func damagedFrames() throws {
        let sample5 = Self.samples[5]
        var frame: [UInt8] = []
        try ZstdCompressor(level: 3).compress(sample5.span, appendingTo: &frame)
        for count in 1..<frame.count {
            #expect(failure(Array(frame[..<count]), 1 << 20) != nil, "truncated to \(count)")
        }
        for index in frame.indices {
            var changed = frame
            changed[index] ^= 0xff
            _ = failure(changed, 1 << 20)
        }
    }

    private func failure(_ frames: [UInt8], _ maximum: Int) -> TransformError.Code? {
        var output: [UInt8] = [7]
        do {
            try ZstdDecompressor().decompress(frames.span, maximumByteCount: maximum, appendingTo: &output)
            return nil
        } catch {
            #expect(output == [7])
            return error.code
        }
    }

    @Test("a frame is recognised as that of its content and of no other", arguments: [0, 1, 65_536, 3_000_000])
    func recognition(byteCount: Int) throws {
        let decompressor = ZstdDecompressor()
        func expands(_ frame: [UInt8], to content: [UInt8]) throws -> Bool {
            try decompressor.expands(frame.span, to: content.span)
        }
        var generator = SplitMixGenerator(seed: 3)
        let content = generator.bytes(byteCount / 2) + [UInt8](repeating: 5, count: byteCount - byteCount / 2)
        var frame: [UInt8] = []
        try ZstdCompressor(level: 3).compress(content.span, appendingTo: &frame)
        #expect(try expands(frame, to: content))
        #expect(try !expands(frame, to: content + [5]))
        guard let last = content.last else { return }
        #expect(try !expands(frame, to: content.dropLast()))
        #expect(try !expands(frame, to: content.dropLast() + [last ^ 1]))
        #expect(try !expands(Array(frame.prefix(frame.count / 2)), to: content))
        #expect(throws: TransformError.self) { try expands(Array("not a frame".utf8), to: content) }
    }
}
