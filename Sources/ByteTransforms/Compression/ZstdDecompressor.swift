// SPDX-License-Identifier: Apache-2.0

internal import CZstd

/// Decompresses zstd frames, with or without a content size in their header, into at most a given number of bytes.
///
/// One instance per worker; not `Sendable`. Its context lives as long as it does.
@safe
package final class ZstdDecompressor {
    /// Largest window a frame may ask for, as a power of two: 128 MiB, what every zstd level up to 22 stays within.
    private static let maximumWindowLog: Int32 = 27
    // Output space given before any output was seen is at most this, or this many times the input: what a frame's
    // header claims is not believed beyond that.
    private static let trustedByteCount = 1 << 20
    private static let trustedRatio = 16

    let context: OpaquePointer

    package init() {
        guard let context = unsafe ZSTD_createDCtx() else { preconditionFailure("out of memory for a zstd context") }
        unsafe self.context = context
        let outcome = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog)
        precondition(ZSTD_isError(outcome) == 0, "libzstd refuses a window limit")
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Appends the content of `frames` to `output`, which stays as it was when this throws.
    ///
    /// Several frames in a row count as one content; no frame at all is empty content.
    ///
    /// - Parameter maximumByteCount: Most bytes the content may have; memory use never exceeds a small multiple of what
    ///   the frames really hold, whatever their headers say.
    /// - Throws: ``TransformError``: `.truncated` when a frame ends early, `.tooLarge` beyond `maximumByteCount`,
    ///   `.malformed` for anything that is not a zstd frame.
    package func decompress(
        _ frames: Span<UInt8>,
        maximumByteCount: Int,
        appendingTo output: inout [UInt8]
    ) throws(TransformError) {
        let originalCount = output.count
        do {
            try decode(frames, maximumByteCount: maximumByteCount, appendingTo: &output)
        } catch {
            output.removeSubrange(originalCount...)
            throw error
        }
    }

    private func decode(
        _ frames: Span<UInt8>,
        maximumByteCount: Int,
        appendingTo output: inout [UInt8]
    ) throws(TransformError) {
        // SAFETY: the context is owned.
        _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        let originalCount = output.count
        var space = firstSpace(for: frames, maximumByteCount: maximumByteCount)
        var consumed = 0
        var expected = 0
        while consumed < frames.count || expected != 0 {
            let produced = output.count - originalCount
            let consumedBefore = consumed
            var outcome = 0
            // One byte more than allowed, so that content of exactly the maximum is told from content beyond it.
            let room = min(space, maximumByteCount - produced + 1)
            output.append(addingCapacity: room) { span in
                // SAFETY: input readable and `room` bytes writable during the call; positions come back within the
                // sizes given; they cannot overlap because `output` is exclusively accessed.
                unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                    unsafe frames.withUnsafeBytes { input in
                        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
                        var target = unsafe ZSTD_outBuffer(
                            dst: buffer.baseAddress,
                            size: min(buffer.count, initializedCount + room),
                            pos: initializedCount
                        )
                        outcome = unsafe ZSTD_decompressStream(context, &target, &source)
                        unsafe consumed = source.pos
                        unsafe initializedCount = target.pos
                    }
                }
            }
            if ZSTD_isError(outcome) != 0 { throw Self.failure(outcome) }
            let written = output.count - originalCount - produced
            if output.count - originalCount > maximumByteCount {
                throw TransformError(.tooLarge, "a zstd frame holds more than \(maximumByteCount) bytes")
            }
            expected = outcome
            if expected != 0, written < room, consumed == frames.count {
                throw TransformError(.truncated, "a zstd frame ends early")
            }
            if written == 0, consumed == consumedBefore, expected != 0 || consumed < frames.count {
                throw TransformError(.malformed, "a zstd frame makes no progress")
            }
            space = max(space, output.count - originalCount)
        }
    }

    /// How much output space to offer at first: what the header claims, if believable.
    private func firstSpace(for frames: Span<UInt8>, maximumByteCount: Int) -> Int {
        // SAFETY: reads only inside the span; the result may be one of two sentinels near UInt64.max.
        let claimed = unsafe frames.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        let believable = max(Self.trustedByteCount, frames.count.multipliedSaturating(by: Self.trustedRatio))
        let wanted = min(UInt64(believable), claimed)
        // The spare byte lets a frame of exactly the claimed size end in one pass.
        return max(min(Int(wanted), maximumByteCount), 1) + 1
    }

    static func failure(_ outcome: Int) -> TransformError {
        switch ZSTD_getErrorCode(outcome) {
        case ZSTD_error_memory_allocation:
            TransformError(.unavailable, "libzstd cannot decompress: \(ZstdFailure.name(outcome))")
        case ZSTD_error_frameParameter_windowTooLarge:
            TransformError(.tooLarge, "a zstd frame asks for a window above 128 MiB")
        case ZSTD_error_srcSize_wrong:
            TransformError(.truncated, "a zstd frame ends early")
        default:
            TransformError(.malformed, "not a valid zstd frame: \(ZstdFailure.name(outcome))")
        }
    }
}

/// Words for libzstd's result codes.
enum ZstdFailure {
    static func name(_ outcome: Int) -> String {
        // SAFETY: libzstd returns a constant C string for every value.
        unsafe String(cString: ZSTD_getErrorName(outcome))
    }
}

extension Int {
    fileprivate func multipliedSaturating(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
