// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Large buffers lent again and again: memory fresh from the system costs a page fault for every 4 KiB, as much as reading a file.
package final class RecycledBuffers: Sendable {
    /// Smaller buffers are not worth keeping: the allocator has them at hand.
    private static let smallestByteCount = 1 << 20

    private let limit: Int
    private let largestByteCount: Int
    private let idle = Mutex<[[UInt8]]>([])

    /// - Parameters:
    ///   - limit: Buffers kept at most while nobody uses them.
    ///   - largestByteCount: Largest capacity worth keeping, in bytes; memory kept is at most `limit` times this.
    package init(limit: Int, largestByteCount: Int) {
        self.limit = limit
        self.largestByteCount = largestByteCount
    }

    /// An empty buffer with room for `byteCount` bytes.
    package func take(_ byteCount: Int) -> [UInt8] {
        var buffer: [UInt8] = []
        if byteCount >= Self.smallestByteCount {
            buffer = idle.withLock { idle in
                guard let place = idle.firstIndex(where: { $0.capacity >= byteCount }) else { return [] }
                idle.swapAt(place, idle.count - 1)
                return idle.removeLast()
            }
            buffer.removeAll(keepingCapacity: true)
        }
        buffer.reserveCapacity(byteCount)
        return buffer
    }

    /// Takes a buffer back, whatever it holds; the caller must not use it any more.
    package func giveBack(_ buffer: consuming [UInt8]) {
        let returned = buffer
        guard (Self.smallestByteCount...largestByteCount).contains(returned.capacity) else { return }
        idle.withLock { idle in
            if idle.count == limit { idle.removeFirst() }
            idle.append(returned)
        }
    }
}
