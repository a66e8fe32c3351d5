// SPDX-License-Identifier: Apache-2.0

internal import CZstd

extension ZstdDecompressor {
    /// Bytes decompressed at a time for comparison: they stay in the processor's caches.
    private static let comparedByteCount = 64 << 10

    /// Whether a frame of our own expands to exactly `plaintext`, found out without memory for the whole of it.
    ///
    /// Needs memory for the frame's window, 2 MiB at the usual levels, which is kept for the next call.
    ///
    /// - Throws: ``TransformError`` as ``decompress(_:maximumByteCount:appendingTo:)`` does.
    package func expands(_ frame: Span<UInt8>, to plaintext: Span<UInt8>) throws(TransformError) -> Bool {
        var outcome = 0
        var isEqual = true
        var compared = 0
        // SAFETY: the context is owned; input readable and the temporary memory writable during each call, and nothing else
        // refers to it; positions come back within the sizes given.
        unsafe frame.withUnsafeBytes { input in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.comparedByteCount) { memory in
                _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
                var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
                repeat {
                    var target = unsafe ZSTD_outBuffer(dst: memory.baseAddress, size: memory.count, pos: 0)
                    outcome = unsafe ZSTD_decompressStream(context, &target, &source)
                    let count = unsafe target.pos
                    guard ZSTD_isError(outcome) == 0, count <= plaintext.count - compared else {
                        isEqual = false
                        return
                    }
                    let whole = UnsafeBufferPointer(memory)
                    let expanded = unsafe whole.span
                    let expected = plaintext.extracting(compared..<(compared + count))
                    isEqual = expanded.extracting(..<count).isEqual(to: expected)
                    compared += count
                    // Neither input left nor output made: the frame ends early.
                    if count == 0, unsafe source.pos == source.size { return }
                } while isEqual && outcome != 0
            }
        }
        if ZSTD_isError(outcome) != 0 { throw Self.failure(outcome) }
        return isEqual && outcome == 0 && compared == plaintext.count
    }
}
