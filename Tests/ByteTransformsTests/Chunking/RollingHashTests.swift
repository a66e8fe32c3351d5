// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

@Suite("RollingHash")
struct RollingHashTests {
    private static let polynomial: UInt64 = 0x3D_A335_8B4D_C173

    /// Sizes around the units the vector kernel and the lanes work in.
    @Test(
        "vector kernel and portable code find the same candidates",
        arguments: [
            64, 65, 127, 4095 + 64, 4096 + 63, 4096 + 64, 8200, 3 * 4096 + 63, 70_000, 150_000, 300_000,
        ]
    )
    func kernels(byteCount: Int) {
        var generator = SplitMixGenerator(seed: UInt64(byteCount))
        let vector = RollingHash(polynomial: Self.polynomial)
        let portable = RollingHash(polynomial: Self.polynomial, allowsVectorKernel: false)
        for density in [0, 1, 3] {
            var bytes = generator.bytes(byteCount)
            for _ in 0..<density { Self.plantZeros(in: &bytes, using: &generator) }
            let positions = 64...byteCount
            var found = CandidateMap(positionCount: positions.count)
            vector.markCandidates(in: bytes.span, positions: positions, map: &found)
            var expected = CandidateMap(positionCount: positions.count)
            portable.markCandidates(in: bytes.span, positions: positions, map: &expected)
            #expect(found == expected)
            let first = expected.first(from: 0).map { $0 + 64 }
            #expect(vector.firstCandidate(in: bytes.span, positions: positions) == first)
            #expect(portable.firstCandidate(in: bytes.span, positions: positions) == first)
            guard let first, first < byteCount else { continue }
            let second = expected.first(from: first - 63).map { $0 + 64 }
            #expect(vector.firstCandidate(in: bytes.span, positions: (first + 1)...byteCount) == second)
        }
    }

    @Test("a map tells marked positions from others")
    func candidateMap() {
        var map = CandidateMap(positionCount: 200)
        #expect(map.first(from: 0) == nil)
        for position in [0, 63, 64, 199] { map.mark(position) }
        #expect([0, 1, 64, 65, 200].map { map.first(from: $0) } == [0, 63, 64, 199, nil])
        #expect(CandidateMap(positionCount: 0).first(from: 0) == nil)
    }

    private static func plantZeros(in bytes: inout [UInt8], using generator: inout SplitMixGenerator) {
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        for index in start..<min(bytes.count, start + 40 + Int(generator.next() % 100)) { bytes[index] = 0 }
    }
}
