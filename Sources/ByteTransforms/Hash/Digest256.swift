// SPDX-License-Identifier: Apache-2.0

/// A 256-bit digest, stored in place as four big-endian words.
///
/// Ordering is bytewise, which for big-endian words is the order of the words.
package struct Digest256: Hashable, Comparable, Sendable {
    /// Bytes 0–7, 8–15, 16–23 and 24–31, each read as a big-endian integer.
    package let words: (UInt64, UInt64, UInt64, UInt64)

    /// Number of bytes in a digest: 32.
    package static let byteCount = 32

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Reads a digest from exactly 32 bytes; nil for any other length.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<(start + 8) { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// Reads a digest from exactly 64 lowercase hexadecimal digits; nil for anything else, uppercase included.
    package init?(hex: Span<UInt8>) {
        guard hex.count == 2 * Self.byteCount else { return nil }
        var failed = false
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<(start + 16) {
                let decimal = hex[index] &- 0x30
                let letter = hex[index] &- 0x61
                if decimal >= 10 && letter >= 6 { failed = true }
                value = value << 4 | UInt64(decimal < 10 ? decimal : letter &+ 10)
            }
            return value
        }
        words = (word(0), word(16), word(32), word(48))
        if failed { return nil }
    }

    /// Reads a digest from exactly 64 lowercase hexadecimal digits; nil for anything else, uppercase included.
    package init?(hex: some StringProtocol) {
        self.init(hex: Array(hex.utf8).span)
    }

    /// The 64 lowercase hexadecimal digits.
    package var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Self.byteCount)
        appendHex(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// The 32 bytes in order.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.byteCount)
        append(to: &result)
        return result
    }

    /// Appends the 32 bytes to `output`.
    package func append(to output: inout [UInt8]) {
        forEachWord { word in
            for shift in stride(from: 56, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    /// Appends the 64 lowercase hexadecimal digits to `output`.
    package func appendHex(to output: inout [UInt8]) {
        output.append(addingCapacity: 2 * Self.byteCount) { digits in
            forEachWord { word in
                var rest = word
                for _ in 0..<16 {
                    rest = rest << 4 | rest >> 60
                    let nibble = UInt8(truncatingIfNeeded: rest) & 0x0f
                    digits.append(nibble &+ (nibble < 10 ? 0x30 : 0x57))
                }
            }
        }
    }

    private func forEachWord(_ body: (UInt64) -> Void) {
        body(words.0)
        body(words.1)
        body(words.2)
        body(words.3)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1
            && left.words.2 == right.words.2 && left.words.3 == right.words.3
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.words.0 != right.words.0 { return left.words.0 < right.words.0 }
        if left.words.1 != right.words.1 { return left.words.1 < right.words.1 }
        if left.words.2 != right.words.2 { return left.words.2 < right.words.2 }
        return left.words.3 < right.words.3
    }

    /// Hashes the first word only: digests are uniformly distributed already.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}
