// SPDX-License-Identifier: Apache-2.0

internal import CZstd

/// Compresses to zstd frames: whole messages, or one frame from pieces.
///
/// One instance per worker; not `Sendable`. Its context (hundreds of kilobytes to a few megabytes, by level) lives as long
/// as it does.
@safe
package final class ZstdCompressor {
    /// Levels accepted; anything outside is clamped.
    package static let levels = 1...19

    private let context: OpaquePointer

    /// Prepares a context; frames carry their content size where known, and no checksum.
    package init(level: Int) {
        guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("out of memory for a zstd context") }
        unsafe self.context = context
        let clamped = min(max(level, Self.levels.lowerBound), Self.levels.upperBound)
        let outcome = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamped))
        precondition(ZSTD_isError(outcome) == 0, "libzstd refuses a compression level")
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    /// Appends one frame holding `bytes` to `output`; drops a frame begun with `update`.
    ///
    /// - Throws: ``TransformError`` with `.unavailable` when memory runs out; `output` then stays as it was.
    package func compress(_ bytes: Span<UInt8>, appendingTo output: inout [UInt8]) throws(TransformError) {
        dropOpenFrame()
        var outcome = 0
        output.append(addingCapacity: ZSTD_compressBound(bytes.count)) { span in
            // SAFETY: input readable and free space writable during the call; they cannot overlap because `output` is
            // exclusively accessed. Only bytes libzstd reports as written are counted as initialised.
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                unsafe bytes.withUnsafeBytes { input in
                    guard let start = buffer.baseAddress else { return }
                    outcome = unsafe ZSTD_compress2(
                        context,
                        start + initializedCount,
                        buffer.count - initializedCount,
                        input.baseAddress,
                        input.count
                    )
                }
                if ZSTD_isError(outcome) == 0 { initializedCount += outcome }
            }
        }
        try Self.check(outcome)
    }

    /// Adds `bytes` to the open frame, starting one if none is open; appends whatever output is ready.
    ///
    /// - Throws: ``TransformError`` with `.unavailable` when memory runs out; the frame is then lost.
    package func update(_ bytes: Span<UInt8>, appendingTo output: inout [UInt8]) throws(TransformError) {
        try stream(bytes, directive: ZSTD_e_continue, appendingTo: &output)
    }

    /// Ends the open frame and appends the rest of it; an empty frame if none was open.
    ///
    /// - Throws: ``TransformError`` with `.unavailable` when memory runs out; the frame is then lost.
    package func finish(appendingTo output: inout [UInt8]) throws(TransformError) {
        let none: [UInt8] = []
        try stream(none.span, directive: ZSTD_e_end, appendingTo: &output)
    }

    /// Forgets a frame begun with `update`.
    package func dropOpenFrame() {
        // SAFETY: the context is owned.
        _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
    }

    private func stream(
        _ bytes: Span<UInt8>,
        directive: ZSTD_EndDirective,
        appendingTo output: inout [UInt8]
    ) throws(TransformError) {
        let step = ZSTD_CStreamOutSize()
        var consumed = 0
        while true {
            var outcome = 0
            output.append(addingCapacity: step) { span in
                // SAFETY: as in `compress`; positions come back within the sizes given.
                unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                    unsafe bytes.withUnsafeBytes { input in
                        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
                        var target = unsafe ZSTD_outBuffer(
                            dst: buffer.baseAddress,
                            size: buffer.count,
                            pos: initializedCount
                        )
                        outcome = unsafe ZSTD_compressStream2(context, &target, &source, directive)
                        unsafe consumed = source.pos
                        unsafe initializedCount = target.pos
                    }
                }
            }
            if ZSTD_isError(outcome) != 0 { dropOpenFrame() }
            try Self.check(outcome)
            let finished = directive == ZSTD_e_end ? outcome == 0 : consumed == bytes.count
            if finished { return }
        }
    }

    private static func check(_ outcome: Int) throws(TransformError) {
        if ZSTD_isError(outcome) != 0 {
            throw TransformError(.unavailable, "libzstd cannot compress: \(ZstdFailure.name(outcome))")
        }
    }
}
