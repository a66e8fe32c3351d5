// SPDX-License-Identifier: Apache-2.0

/// Recognises bytes that are all zero, at memory speed.
package enum ZeroRun {
    /// How many bytes at the start of `bytes` are zero.
    package static func byteCount(atStartOf bytes: Span<UInt8>) -> Int {
        // SAFETY: reads only inside the span, 64 and 1 bytes at a time.
        unsafe bytes.withUnsafeBytes { buffer in
            var index = 0
            while index + 64 <= buffer.count {
                let block = unsafe buffer.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
                if block != .zero { break }
                index += 64
            }
            while index < buffer.count, unsafe buffer[index] == 0 { index += 1 }
            return index
        }
    }
}
