// SPDX-License-Identifier: Apache-2.0

internal import CZstd

/// Decompresses one zstd frame a piece at a time, whenever its owner asks for more.
///
/// Not `Sendable`. Holds the frame and its window, 2 MiB at the usual levels, at most 128 MiB.
@safe
package final class ZstdFrameReader {
    private let decompressor = ZstdDecompressor()
    private let frame: [UInt8]
    private var consumed = 0
    private var hasEnded = false

    package init(_ frame: [UInt8]) {
        self.frame = frame
    }

    /// Bytes of memory held for the frame and its decompression.
    package var heldByteCount: Int {
        // SAFETY: the context is owned.
        frame.capacity + (unsafe ZSTD_sizeof_DCtx(decompressor.context))
    }

    /// Appends the next bytes of the content, at most `limit`, to `output`.
    ///
    /// - Returns: False once the frame has ended; then nothing was appended.
    /// - Throws: ``TransformError``: `.truncated` when the frame ends early, else as ``ZstdDecompressor`` does.
    package func read(appendingTo output: inout [UInt8], limit: Int) throws(TransformError) -> Bool {
        while !hasEnded {
            var outcome = 0
            var count = 0
            output.append(addingCapacity: limit) { span in
                // SAFETY: input readable and `limit` bytes writable during the call; positions come back within the sizes given;
                // they cannot overlap because `output` is exclusively accessed.
                unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                    unsafe frame.withUnsafeBytes { input in
                        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
                        let start = initializedCount
                        var target = unsafe ZSTD_outBuffer(
                            dst: buffer.baseAddress,
                            size: min(buffer.count, start + limit),
                            pos: start
                        )
                        outcome = unsafe ZSTD_decompressStream(decompressor.context, &target, &source)
                        unsafe consumed = source.pos
                        unsafe initializedCount = target.pos
                        count = initializedCount - start
                    }
                }
            }
            if ZSTD_isError(outcome) != 0 { throw ZstdDecompressor.failure(outcome) }
            hasEnded = outcome == 0
            if count > 0 { return true }
            if !hasEnded, consumed == frame.count { throw TransformError(.truncated, "a zstd frame ends early") }
        }
        return false
    }
}
