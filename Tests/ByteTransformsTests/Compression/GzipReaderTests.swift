// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ByteTransforms

@Suite struct GzipReaderTests {
    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(try requireProgram("gzip").run(["-c"], input: bytes))
    }

    private func content(_ bytes: [UInt8], step: Int = .max, limit: Int = 1 << 24) throws -> [UInt8] {
        let reader = GzipReader(maximumByteCount: limit)
        var content: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(step, bytes.count))
            reader.feed(Array(bytes[start..<end]))
            while let piece = try reader.next() { content += piece }
            start = end
        }
        try reader.finish()
        return content
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 1_000_000])
    func `what gzip compressed comes back, however it is cut`(_ count: Int) throws {
        var generator = SplitMixGenerator(seed: UInt64(count))
        let bytes = generator.bytes(count / 2) + [UInt8](repeating: 7, count: count - count / 2)
        let packed = try gzip(bytes)
        for step in [1000, 65_536, .max] { #expect(try content(packed, step: step) == bytes) }
        #expect(try content(packed + packed) == bytes + bytes)
    }

    @Test func `what is cut, damaged, foreign or too large is refused`() throws {
        let bytes = [UInt8](repeating: 65, count: 100_000)
        let packed = try gzip(bytes)
        #expect(throws: TransformError.self) { try content(Array(packed.dropLast())) }
        #expect(throws: TransformError.self) { try content(bytes) }
        #expect(throws: TransformError.self) { try content(packed, limit: 99_999) }
        #expect(try content(packed, limit: 100_000) == bytes)
        for index in packed.indices {
            var damaged = packed
            damaged[index] ^= 0x55
            // Some bytes of the header mean nothing; what is read then is what was packed.
            if let read = try? content(damaged) { #expect(read == bytes) }
        }
    }
}
