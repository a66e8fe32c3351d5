// SPDX-License-Identifier: Apache-2.0

/// A limit on bytes held at once, shared by the stages of a pipeline.
///
/// Requests are admitted strictly in the order they came, so a large one is not starved by small ones. A single request larger
/// than the whole budget is admitted alone. Cancelling a waiting task takes nothing from the budget.
package final class ByteBudget: Sendable {
    private let gate: WeightedGate

    /// - Parameter byteCount: Bytes that may be held at once; at least 1.
    package init(byteCount: Int) {
        gate = WeightedGate(limit: byteCount)
    }

    /// The limit, in bytes.
    package var byteCount: Int { gate.limit }

    /// Bytes held at this moment.
    package var usedByteCount: Int { gate.used }

    /// Waits until `byteCount` more bytes may be held, then holds them until ``release(_:)``.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; nothing is held then.
    package func acquire(_ byteCount: Int) async throws {
        try await gate.acquire(byteCount)
    }

    /// Holds `byteCount` bytes if that is possible without waiting.
    package func tryAcquire(_ byteCount: Int) -> Bool {
        gate.tryAcquire(byteCount)
    }

    /// Gives back bytes held by ``acquire(_:)``; parts may be given back separately.
    package func release(_ byteCount: Int) {
        gate.release(byteCount)
    }

    /// Holds `byteCount` bytes while `body` runs.
    package func withBytes<Result, Failure: Error>(
        _ byteCount: Int,
        _ body: () async throws(Failure) -> Result
    ) async throws -> Result {
        try await acquire(byteCount)
        defer { release(byteCount) }
        return try await body()
    }
}
