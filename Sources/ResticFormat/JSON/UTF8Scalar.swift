// SPDX-License-Identifier: Apache-2.0

/// One well-formed UTF-8 sequence found in a run of bytes.
package struct UTF8Scalar {
    /// The code point; never a surrogate, at most 0x10ffff.
    package let value: UInt32
    /// Length of the sequence, 1 to 4 bytes.
    package let byteCount: Int

    /// Decodes the sequence that starts at `index`; nil if it is overlong, a surrogate, out of range or cut off.
    @inline(__always)
    package init?(in bytes: borrowing Span<UInt8>, at index: Int) {
        let first = bytes[index]
        if first < 0x80 {
            value = UInt32(first)
            byteCount = 1
            return
        }
        let length: Int
        let minimum: UInt32
        var decoded: UInt32
        switch first {
        case 0xc2...0xdf: (length, minimum, decoded) = (2, 0x80, UInt32(first & 0x1f))
        case 0xe0...0xef: (length, minimum, decoded) = (3, 0x800, UInt32(first & 0x0f))
        case 0xf0...0xf4: (length, minimum, decoded) = (4, 0x10000, UInt32(first & 0x07))
        default: return nil
        }
        guard bytes.count &- index >= length else { return nil }
        var offset = 1
        while offset < length {
            let next = bytes[index &+ offset]
            guard next & 0xc0 == 0x80 else { return nil }
            decoded = decoded << 6 | UInt32(next & 0x3f)
            offset &+= 1
        }
        guard decoded >= minimum, decoded <= 0x10ffff, !(0xd800...0xdfff).contains(decoded) else { return nil }
        value = decoded
        byteCount = length
    }

    /// Whether every byte belongs to a well-formed sequence.
    package static func isWellFormed(_ bytes: borrowing Span<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            guard let scalar = UTF8Scalar(in: bytes, at: index) else { return false }
            index &+= scalar.byteCount
        }
        return true
    }

    /// Appends the UTF-8 form of `value`; anything that is not a scalar value becomes U+FFFD.
    package static func append(_ value: UInt32, to output: inout [UInt8]) {
        switch value {
        case ..<0x80:
            output.append(UInt8(truncatingIfNeeded: value))
        case ..<0x800:
            output.append(0xc0 | UInt8(truncatingIfNeeded: value >> 6))
            output.append(continuation(value))
        case 0xd800...0xdfff, 0x110000...:
            output.append(0xef)
            output.append(0xbf)
            output.append(0xbd)
        case ..<0x10000:
            output.append(0xe0 | UInt8(truncatingIfNeeded: value >> 12))
            output.append(continuation(value >> 6))
            output.append(continuation(value))
        default:
            output.append(0xf0 | UInt8(truncatingIfNeeded: value >> 18))
            output.append(continuation(value >> 12))
            output.append(continuation(value >> 6))
            output.append(continuation(value))
        }
    }

    private static func continuation(_ value: UInt32) -> UInt8 {
        0x80 | UInt8(truncatingIfNeeded: value & 0x3f)
    }
}
