// SPDX-License-Identifier: Apache-2.0

/// A limit on the number of tasks that do something at once; waiting tasks are admitted in the order they came.
package final class AsyncSemaphore: Sendable {
    private let gate: WeightedGate

    /// - Parameter limit: Permits that may be held at once; at least 1.
    package init(limit: Int) {
        gate = WeightedGate(limit: limit)
    }

    /// Permits that may be held at once; lowering it takes effect as permits come back.
    package var limit: Int {
        get { gate.limit }
        set { gate.setLimit(newValue) }
    }

    /// Permits held at this moment.
    package var usedCount: Int { gate.used }

    /// Tasks waiting at this moment.
    package var waiterCount: Int { gate.waiterCount }

    /// Waits for a permit, held until ``signal()``.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; no permit is held then.
    package func wait() async throws {
        try await gate.acquire(1)
    }

    /// Gives one permit back.
    package func signal() {
        gate.release(1)
    }

    /// Holds a permit while `body` runs.
    package func withPermit<Result, Failure: Error>(
        _ body: () async throws(Failure) -> Result
    ) async throws -> Result {
        try await wait()
        defer { signal() }
        return try await body()
    }
}
