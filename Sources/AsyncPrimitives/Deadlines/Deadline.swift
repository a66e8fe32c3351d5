// SPDX-License-Identifier: Apache-2.0

/// Runs `body` and cancels it when it takes longer than `timeout`.
///
/// `body` runs as a child task; when it ignores cancellation this call returns only when `body` does.
/// - Throws: ``DeadlineExceeded`` when `body` was cancelled by the deadline, else what `body` throws.
package func withDeadline<Result: Sendable>(
    _ timeout: Duration,
    clock: any Clock<Duration>,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: timeout)
            return nil
        }
        defer { group.cancelAll() }
        if let first = try await group.next(), let result = first { return result }
        group.cancelAll()
        // The deadline came first: a body that still succeeds has its result counted, any failure is the deadline's.
        do {
            if let last = try await group.next(), let result = last { return result }
        } catch {
            try Task.checkCancellation()
        }
        throw DeadlineExceeded(timeout: timeout)
    }
}

/// Something took longer than it was allowed to.
package struct DeadlineExceeded: Error, CustomStringConvertible {
    package let timeout: Duration

    package init(timeout: Duration) {
        self.timeout = timeout
    }

    package var description: String { "not finished within \(timeout)" }
}
