// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ResticFormat
import Synchronization

/// Buffers for the segments of large files, and the bound on how many bytes of them exist at once.
final class SegmentPool: Sendable {
    /// Bytes read from a file at a time.
    static let segmentByteCount = 2 << 20

    private let budget: ByteBudget
    private let idle = Mutex<[[UInt8]]>([])
    private let idleLimit: Int

    /// - Parameter workerCount: Workers that must find work; one more segment is allowed for reading ahead.
    init(workerCount: Int) {
        idleLimit = workerCount
        budget = ByteBudget(byteCount: (workerCount + 1) * Self.segmentByteCount)
    }

    /// Waits until `byteCount` more bytes may be held.
    func lease(_ byteCount: Int) async throws -> SegmentLease {
        try await budget.acquire(byteCount)
        return SegmentLease(budget: budget, byteCount: byteCount)
    }

    /// A lease if that needs no waiting.
    func tryLease(_ byteCount: Int) -> SegmentLease? {
        budget.tryAcquire(byteCount) ? SegmentLease(budget: budget, byteCount: byteCount) : nil
    }

    /// An empty buffer with room for `byteCount` bytes, in the memory of one used before where there is one.
    func takeBuffer(_ byteCount: Int) -> [UInt8] {
        var buffer = idle.withLock { $0.popLast() } ?? []
        buffer.removeAll(keepingCapacity: true)
        buffer.reserveCapacity(max(byteCount, Self.segmentByteCount + ChunkingRules.minimumByteCount))
        return buffer
    }

    fileprivate func giveBack(_ buffer: [UInt8]) {
        // Those of the few longest chunks are not worth keeping.
        guard buffer.capacity <= 2 * Self.segmentByteCount else { return }
        idle.withLock { idle in
            if idle.count < idleLimit { idle.append(buffer) }
        }
    }
}

/// Bytes of the pool's budget, given back with the last reference.
final class SegmentLease: Sendable {
    private let budget: ByteBudget
    private let byteCount: Int

    fileprivate init(budget: ByteBudget, byteCount: Int) {
        self.budget = budget
        self.byteCount = byteCount
    }

    deinit {
        budget.release(byteCount)
    }
}

/// A filled buffer, shared by the tasks that save its chunks; its memory and budget return with the last of them.
final class Segment: Sendable {
    let bytes: [UInt8]
    private let pool: SegmentPool
    private let lease: SegmentLease?

    init(_ bytes: [UInt8], lease: SegmentLease?, pool: SegmentPool) {
        self.bytes = bytes
        self.lease = lease
        self.pool = pool
    }

    deinit {
        pool.giveBack(bytes)
    }
}
