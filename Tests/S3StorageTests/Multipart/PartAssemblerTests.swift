// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import S3Storage

@Suite struct PartAssemblerTests {
    @Test func cutsAnyPiecesIntoPartsOfOneSize() {
        var generator = SplitMixGenerator(seed: 3)
        for _ in 0..<50 {
            let size = Int.random(in: 1...50, using: &generator)
            var policy = MultipartPolicy()
            policy.streamPartByteCount = size
            var assembler = PartAssembler(policy: policy)
            let pieces = (0..<20).map { _ in generator.bytes(Int.random(in: 0...60, using: &generator)) }
            var parts: [[UInt8]] = []
            for piece in pieces {
                assembler.append(piece)
                while assembler.hasFullPart { parts.append(assembler.takePart().flatMap { $0 }) }
            }
            let rest = assembler.takeRest().flatMap { $0 }
            #expect(parts.allSatisfy { $0.count == size })
            #expect(rest.count < size)
            #expect(parts.flatMap { $0 } + rest == pieces.flatMap { $0 })
        }
    }

    @Test func tenThousandPartsHoldTheLargestObject() {
        let policy = MultipartPolicy()
        #expect(policy.streamPartByteCount(number: 1) == 8 << 20)
        #expect(policy.streamPartByteCount(number: 1000) == 8 << 20)
        #expect(policy.streamPartByteCount(number: 1001) == 16 << 20)
        let total = (1...MultipartPolicy.maximumPartCount).reduce(0) { $0 + policy.streamPartByteCount(number: $1) }
        #expect(total > 5 << 40)
        #expect(policy.partByteCount(bodyByteCount: 5 << 40) * 10_000 >= 5 << 40)
    }
}
