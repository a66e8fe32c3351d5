// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives

/// Repeats a request as a ``RetryPolicy`` says; time and chance are given to it.
package struct Retrier: Sendable {
    /// A failed try that is going to be repeated.
    package struct Event: Sendable {
        package var operation: StorageOperation
        /// The object, or the prefix of a listing.
        package var key: String
        /// Failures in a row, this one included.
        package var failureCount: Int
        package var delay: Duration
        package var error: StorageError
    }

    package var policy: RetryPolicy
    private let clock: any Clock<Duration>
    private let jitter: @Sendable () -> Double
    private let onRetry: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - jitter: A random number in 0 ... 1.
    ///   - onRetry: Told before each pause; must not block.
    package init(
        policy: RetryPolicy = RetryPolicy(),
        clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        onRetry: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.policy = policy
        self.clock = clock
        self.jitter = jitter
        self.onRetry = onRetry
    }

    /// Runs `body` until it succeeds, fails for good, or the policy gives up.
    ///
    /// - Parameter takeProgress: True when `body` got further since the last call; failures and time are then counted anew.
    /// - Throws: The last failure, with the number of tries in its message; `CancellationError` as soon as the task is cancelled.
    package func run<Result>(
        _ operation: StorageOperation,
        _ key: String,
        takeProgress: () -> Bool = { false },
        _ body: () async throws -> Result
    ) async throws -> Result {
        var stopwatch = Stopwatch(clock: clock)
        var failureCount = 0
        while true {
            try Task.checkCancellation()
            do {
                return try await body()
            } catch let error as StorageError {
                try Task.checkCancellation()
                if takeProgress() {
                    failureCount = 0
                    stopwatch = Stopwatch(clock: clock)
                }
                failureCount += 1
                let elapsed = stopwatch.elapsed
                switch policy.decide(after: error, failureCount: failureCount, elapsed: elapsed, jitter: jitter()) {
                case .giveUp: throw Self.final(error, failureCount: failureCount, elapsed: elapsed)
                case .retry(let delay):
                    let event = Event(
                        operation: operation,
                        key: key,
                        failureCount: failureCount,
                        delay: delay,
                        error: error
                    )
                    onRetry(event)
                    try await clock.sleep(for: delay)
                }
            }
        }
    }

    private static func final(_ error: StorageError, failureCount: Int, elapsed: Duration) -> StorageError {
        guard failureCount > 1 else { return error }
        var last = error
        last.message += " (gave up after \(failureCount) tries in \(elapsed.components.seconds) s)"
        return last
    }
}
