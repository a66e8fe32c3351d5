// SPDX-License-Identifier: Apache-2.0

internal import CZstd

extension ZstdDecompressor {
    /// Bytes decompressed at a time: they stay in the processor's caches.
    private static let pieceByteCount = 64 << 10

    /// Whether a frame of our own expands to exactly `plaintext`, found out without memory for the whole of it.
    ///
    /// - Throws: ``TransformError`` as ``decompress(_:maximumByteCount:appendingTo:)`` does.
    package func expands(_ frame: Span<UInt8>, to plaintext: Span<UInt8>) throws(TransformError) -> Bool {
        var compared = 0
        var isEqual = true
        let isWhole = try forEachPiece(of: frame) { piece in
            guard piece.count <= plaintext.count - compared else {
                isEqual = false
                return false
            }
            let expected = plaintext.extracting(compared..<(compared + piece.count))
            isEqual = piece.isEqual(to: expected)
            compared += piece.count
            return isEqual
        }
        return isWhole && isEqual && compared == plaintext.count
    }

    /// Hands the content of one frame to `body` piece by piece.
    ///
    /// Needs memory for the frame's window, 2 MiB at the usual levels, which is kept for the next call.
    ///
    /// - Parameter body: Returns false to end early.
    /// - Returns: Whether the whole frame was handed out; false when it ends early or `body` ended it.
    /// - Throws: ``TransformError`` as ``decompress(_:maximumByteCount:appendingTo:)`` does.
    package func forEachPiece(
        of frame: Span<UInt8>,
        _ body: (Span<UInt8>) -> Bool
    ) throws(TransformError) -> Bool {
        var outcome = 0
        var isWanted = true
        // SAFETY: the context is owned; input readable and the temporary memory writable during each call, and nothing else
        // refers to it; positions come back within the sizes given.
        unsafe frame.withUnsafeBytes { input in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.pieceByteCount) { memory in
                _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
                var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
                repeat {
                    var target = unsafe ZSTD_outBuffer(dst: memory.baseAddress, size: memory.count, pos: 0)
                    outcome = unsafe ZSTD_decompressStream(context, &target, &source)
                    let count = unsafe target.pos
                    if ZSTD_isError(outcome) != 0 { return }
                    // Neither input left nor output made: the frame ends early.
                    if count == 0, outcome != 0, unsafe source.pos == source.size { return }
                    let whole = UnsafeBufferPointer(memory)
                    let piece = unsafe whole.span
                    isWanted = body(piece.extracting(..<count))
                } while isWanted && outcome != 0
            }
        }
        if ZSTD_isError(outcome) != 0 { throw Self.failure(outcome) }
        return isWanted && outcome == 0
    }
}
