// SPDX-License-Identifier: Apache-2.0

internal import CZlib

/// Decompresses gzip as it comes, piece by piece, into at most a given number of bytes.
///
/// Members one after another count as one content. Not `Sendable`; one instance for each content.
@safe
package final class GzipReader {
    private static let pieceByteCount = 64 << 10
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    private var isInMember = false
    private var room: Int

    /// - Parameter maximumByteCount: Most bytes the content may have.
    package init(maximumByteCount: Int) {
        room = maximumByteCount
        // SAFETY: one z_stream, zeroed as zlib asks, released in deinit.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 for the largest window, 16 for gzip's header and trailer and no other.
        let outcome = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(outcome == Z_OK, "out of memory for zlib")
    }

    deinit {
        // SAFETY: initialised in init, and used by nobody else.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes the next compressed bytes; what came before must have been read by ``next()`` until nil.
    package func feed(_ bytes: [UInt8]) {
        precondition(position == input.count, "compressed bytes are left")
        input = bytes
        position = 0
    }

    /// The next piece of the content; nil if more compressed bytes are needed.
    ///
    /// - Throws: ``TransformError``: `.malformed`, `.tooLarge`.
    package func next() throws(TransformError) -> [UInt8]? {
        while position < input.count {
            var output = [UInt8](repeating: 0, count: Self.pieceByteCount)
            let (outcome, consumed, produced) = step(&output)
            position += consumed
            switch outcome {
            case Z_OK: isInMember = true
            case Z_STREAM_END:
                isInMember = false
                // SAFETY: the stream is initialised.
                unsafe inflateReset(stream)
            case Z_BUF_ERROR where consumed == 0 && produced == 0: return nil
            case Z_BUF_ERROR: isInMember = true
            default: throw TransformError(.malformed, "it is no gzip, or damaged")
            }
            guard produced > 0 else { continue }
            guard produced <= room else { throw TransformError(.tooLarge, "the content is larger than allowed") }
            room -= produced
            output.removeSubrange(produced...)
            return output
        }
        return nil
    }

    /// Says that no more compressed bytes come.
    ///
    /// - Throws: ``TransformError`` with `.truncated` if the content is not complete.
    package func finish() throws(TransformError) {
        guard !isInMember, position == input.count else { throw TransformError(.truncated, "it ends early") }
    }

    private func step(_ output: inout [UInt8]) -> (outcome: Int32, consumed: Int, produced: Int) {
        var result: (Int32, Int, Int) = (0, 0, 0)
        let start = position
        // SAFETY: both buffers stay where they are during the call, zlib writes into `output` only, within the sizes given, and keeps no
        // pointer that is used before it is set anew.
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                let available = min(source.count - start, Int(UInt32.max >> 1))
                unsafe stream.pointee.next_in = source.baseAddress.map { unsafe $0 + start }
                unsafe stream.pointee.avail_in = UInt32(available)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(target.count)
                let outcome = unsafe inflate(stream, Z_NO_FLUSH)
                result = unsafe (
                    outcome, available - Int(stream.pointee.avail_in), target.count - Int(stream.pointee.avail_out)
                )
            }
        }
        return result
    }

    /// The whole content of a small file.
    ///
    /// - Throws: ``TransformError``.
    @inline(never)
    package static func content(of bytes: [UInt8], maximumByteCount: Int) throws -> [UInt8] {
        let reader = GzipReader(maximumByteCount: maximumByteCount)
        var content: [UInt8] = []
        reader.feed(bytes)
        while let piece = try reader.next() { content += piece }
        try reader.finish()
        return content
    }
}
