// SPDX-License-Identifier: Apache-2.0

/// Runs `body` to its end even when the calling task is cancelled, but no longer than `timeout`: for giving back what others would
/// otherwise have to clean up, such as locks and unfinished uploads.
///
/// The one unstructured task here is awaited before this returns, and `timeout` cancels it.
/// - Throws: ``DeadlineExceeded`` when `timeout` has passed, else what `body` throws.
package func withCancellationShield<Result: Sendable>(
    timeout: Duration,
    clock: any Clock<Duration>,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let shielded = Task {
        try await withDeadline(timeout, clock: clock, body)
    }
    return try await shielded.value
}
