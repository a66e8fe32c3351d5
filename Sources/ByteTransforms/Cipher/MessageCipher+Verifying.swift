// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

extension MessageCipher {
    /// Bytes decrypted at a time for comparison: they stay in the processor's first cache.
    private static let comparedByteCount = 16 << 10

    /// Whether a sealed `message` opens to exactly `plaintext`, found out without memory for the whole of it.
    ///
    /// - Throws: ``TransformError`` as ``open(_:appendingTo:)`` does.
    package func opens(_ message: Span<UInt8>, to plaintext: Span<UInt8>) throws(TransformError) -> Bool {
        try authenticate(message)
        guard message.count == plaintext.count + Self.overheadByteCount else { return false }
        var isEqual = true
        // SAFETY: the message holds IV, as many bytes as the plaintext, and MAC; each step stays inside it and inside the
        // temporary memory, which nothing else refers to.
        unsafe message.withUnsafeBufferPointer { source in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.comparedByteCount) { memory in
                guard let iv = source.baseAddress, let output = memory.baseAddress else { return }
                let body = unsafe iv + InitializationVector.byteCount
                var done = unsafe EVP_EncryptInit_ex2(counterMode, nil, nil, iv, nil)
                var position = 0
                while position < plaintext.count, isEqual {
                    let step = min(plaintext.count - position, Self.comparedByteCount)
                    var written: Int32 = 0
                    done &= unsafe EVP_EncryptUpdate(counterMode, output, &written, body + position, Int32(step))
                    let piece = unsafe UnsafeBufferPointer(start: output, count: step)
                    let opened = unsafe piece.span
                    isEqual = opened.isEqual(to: plaintext.extracting(position..<(position + step)))
                    position += step
                }
                precondition(done == 1, "libcrypto cannot decrypt with AES-256-CTR")
            }
        }
        return isEqual
    }
}
