// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// Whether both hold the same bytes; compares blocks without branches inside.
    package func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var start = 0
        while start < count {
            let end = Swift.min(count, start + 4096)
            var difference: UInt8 = 0
            for index in start..<end { difference |= self[index] ^ other[index] }
            if difference != 0 { return false }
            start = end
        }
        return true
    }
}
