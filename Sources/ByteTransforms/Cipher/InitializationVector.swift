// SPDX-License-Identifier: Apache-2.0

/// The 16 bytes that make one sealed message differ from every other under the same key.
package struct InitializationVector: Hashable, Sendable {
    /// Number of bytes: 16.
    package static let byteCount = 16

    /// Bytes 0–7 and 8–15, each read as a big-endian integer.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Draws a vector that is not all zero.
    ///
    /// The generator must be cryptographically secure except in tests.
    package init(using generator: inout some RandomNumberGenerator) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        while high == 0 && low == 0 {
            high = generator.next()
            low = generator.next()
        }
        self.init(high: high, low: low)
    }

    /// Reads exactly 16 bytes; nil for any other length.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            words.0 = words.0 << 8 | UInt64(bytes[index])
            words.1 = words.1 << 8 | UInt64(bytes[index + 8])
        }
        self.init(high: words.0, low: words.1)
    }

    /// Whether all bytes are zero, which no message may use.
    package var isZero: Bool { high == 0 && low == 0 }

    /// Writes the 16 bytes to `pointer`.
    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<UInt8>) {
        // SAFETY: the caller gives room for 16 bytes.
        unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: high.bigEndian, as: UInt64.self)
        unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
}
