// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import DataMover
import RepositoryEngine

/// What one move may use.
struct MovePlan: Sendable, Hashable {
    /// Threads that hash, compress and seal, or decrypt, verify and write.
    var workerCount: Int
    /// Packs on their way at once.
    var uploadCount: Int
    /// Reads of packs at once.
    var readConcurrency: Int
    /// Size at which a pack is closed, in bytes.
    var packByteCount: Int

    /// The largest plan whose memory fits into a share.
    ///
    /// - Parameters:
    ///   - shareByteCount: Memory of one move, in bytes. The smallest plan may need more.
    ///   - workerCount: Processors of this process.
    init(shareByteCount: Int, workerCount: Int) {
        let workers = max(1, workerCount)
        for (packByteCount, uploads, workers) in [
            (16, 4, workers), (16, 3, workers), (16, 2, workers), (16, 1, workers), (8, 2, workers), (8, 1, workers),
            (4, 2, workers), (4, 1, workers), (4, 1, 1),
        ] {
            self.workerCount = workers
            uploadCount = uploads
            readConcurrency = uploads > 1 ? 2 : 1
            self.packByteCount = packByteCount << 20
            if byteCount <= shareByteCount { return }
        }
        self.workerCount = 1
        uploadCount = 1
        readConcurrency = 1
        packByteCount = 4 << 20
    }

    /// Memory of the move at most, in bytes: a pack of each kind being filled, those on their way, and what workers hold.
    var byteCount: Int { (2 + uploadCount) * packByteCount + (workerCount + 1) * Self.workerByteCount }

    private static let workerByteCount = 6 << 20

    /// How blobs are written under this plan.
    var writing: WriterLimits { WriterLimits(packTargetByteCount: packByteCount, uploadCount: uploadCount) }
}

/// How memory is divided among moves: each has a plan, and those that do not fit at once wait for others.
struct MoveShare: Sendable {
    let plan: MovePlan
    private let budget: ByteBudget

    /// - Parameters:
    ///   - slotCount: Moves at once.
    ///   - workerCount: Processors of this process.
    ///   - memoryByteCount: For all moves together.
    init(slotCount: Int, workerCount: Int, memoryByteCount: Int) {
        plan = MovePlan(shareByteCount: memoryByteCount / max(1, slotCount), workerCount: workerCount)
        budget = ByteBudget(byteCount: max(1, memoryByteCount))
    }

    /// Moves that may hold data at once.
    var concurrency: Int { max(1, budget.byteCount / plan.byteCount) }

    /// Holds a move's memory while `body` reads or writes data.
    func withPermit<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await budget.acquire(plan.byteCount)
        defer { budget.release(plan.byteCount) }
        return try await body()
    }
}
