// SPDX-License-Identifier: Apache-2.0

/// Finds what of a chunk must be written to a file that already reads as zeros.
enum ZeroRuns {
    /// Zeros are left out in blocks of this many bytes, the usual block size of file systems.
    static let blockByteCount = 4096

    /// The ranges that hold anything but whole blocks of zeros, in order.
    static func pieces(of bytes: Span<UInt8>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start: Int?
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + blockByteCount, bytes.count)
            if isZero(bytes.extracting(offset..<end)) {
                if let first = start { pieces.append(first..<offset) }
                start = nil
            } else if start == nil {
                start = offset
            }
            offset = end
        }
        if let first = start { pieces.append(first..<bytes.count) }
        return pieces
    }

    private static func isZero(_ bytes: Span<UInt8>) -> Bool {
        var all: UInt8 = 0
        for index in bytes.indices { all |= bytes[index] }
        return all == 0
    }
}
