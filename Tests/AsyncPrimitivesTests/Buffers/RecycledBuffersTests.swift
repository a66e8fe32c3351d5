// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Testing

@Suite("RecycledBuffers")
struct RecycledBuffersTests {
    private static let mebibyte = 1 << 20

    private func address(_ buffer: [UInt8]) -> Int {
        // SAFETY: the address is only compared, never read.
        unsafe buffer.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }

    @Test("a buffer given back serves again, empty, for whoever fits into it")
    func reuse() {
        let buffers = RecycledBuffers(limit: 2, largestByteCount: 8 * Self.mebibyte)
        var first = buffers.take(4 * Self.mebibyte)
        first.append(contentsOf: [1, 2, 3])
        let place = address(first)
        buffers.giveBack(first)
        first = []
        let larger = buffers.take(6 * Self.mebibyte)
        #expect(larger.capacity >= 6 * Self.mebibyte && address(larger) != place)
        let second = buffers.take(2 * Self.mebibyte)
        #expect(second.isEmpty && address(second) == place)
    }

    @Test("a buffer that someone still reads is left as it is")
    func sharing() {
        let buffers = RecycledBuffers(limit: 1, largestByteCount: 8 * Self.mebibyte)
        var first = buffers.take(2 * Self.mebibyte)
        first.append(7)
        buffers.giveBack(first)
        var second = buffers.take(2 * Self.mebibyte)
        second.append(9)
        #expect(first == [7] && second == [9])
    }

    @Test("a buffer larger than agreed is not kept")
    func bounds() {
        let buffers = RecycledBuffers(limit: 1, largestByteCount: 3 * Self.mebibyte)
        buffers.giveBack(buffers.take(5 * Self.mebibyte))
        #expect(buffers.take(2 * Self.mebibyte).capacity < 5 * Self.mebibyte)
    }
}
