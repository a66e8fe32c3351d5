// SPDX-License-Identifier: Apache-2.0

import ByteTransforms

/// Fresh initialization vectors without a system call each: an AES-256-CTR key stream under a key of its own.
///
/// The key comes from the system's generator and never leaves the source; a new one is drawn after 2²⁰ vectors.
final class VectorSource {
    private static let batchCount = 256
    private static let batchesPerKey = 4096

    private var cipher: MessageCipher
    private var batchesLeft = VectorSource.batchesPerKey
    private var stream: [UInt8] = []
    private var position = 0
    private var counter: UInt64 = 0
    private let zeros = [UInt8](repeating: 0, count: InitializationVector.byteCount * VectorSource.batchCount)

    init() throws(TransformError) {
        cipher = try Self.freshCipher()
    }

    private static func freshCipher() throws(TransformError) -> MessageCipher {
        var generator = SystemRandomNumberGenerator()
        return try MessageCipher(key: .random(using: &generator))
    }

    func next() throws(TransformError) -> InitializationVector {
        while true {
            if position + InitializationVector.byteCount > stream.count { try refill() }
            let high = word(position)
            let low = word(position + 8)
            position += InitializationVector.byteCount
            let vector = InitializationVector(high: high, low: low)
            if !vector.isZero { return vector }
        }
    }

    private func word(_ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in start..<(start + 8) { value = value << 8 | UInt64(stream[index]) }
        return value
    }

    private func refill() throws(TransformError) {
        if batchesLeft == 0 {
            cipher = try Self.freshCipher()
            batchesLeft = Self.batchesPerKey
            counter = 0
        }
        batchesLeft -= 1
        counter += 1
        stream.removeAll(keepingCapacity: true)
        // Batches use far fewer than 2³² blocks each, so key streams of two batches never overlap.
        let zeros = zeros
        cipher.seal(zeros.span, iv: InitializationVector(high: counter, low: 0), appendingTo: &stream)
        stream.removeLast(16)
        position = InitializationVector.byteCount
    }
}
