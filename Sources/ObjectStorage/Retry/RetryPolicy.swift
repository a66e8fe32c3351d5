// SPDX-License-Identifier: Apache-2.0

/// When a failed request is worth repeating, and after how long: exponential backoff with full jitter.
package struct RetryPolicy: Sendable, Equatable {
    /// Upper bound of the first delay.
    package var initialDelay: Duration
    /// Growth of the upper bound from one delay to the next.
    package var multiplier: Double
    /// Upper bound no delay exceeds, unless the store itself asks for more.
    package var maximumDelay: Duration
    /// Time after the first failure of a request, or after its last progress, when no further try is begun.
    package var totalTime: Duration
    /// Tries of a request whose answers cannot be true; those seldom heal.
    package var maximumCorruptTries: Int

    package init(
        initialDelay: Duration = .seconds(1),
        multiplier: Double = 2,
        maximumDelay: Duration = .seconds(60),
        totalTime: Duration = .seconds(15 * 60),
        maximumCorruptTries: Int = 5
    ) {
        precondition(multiplier >= 1, "delays never shrink")
        self.initialDelay = initialDelay
        self.multiplier = multiplier
        self.maximumDelay = maximumDelay
        self.totalTime = totalTime
        self.maximumCorruptTries = maximumCorruptTries
    }

    /// Every failure is final.
    package static let never = RetryPolicy(
        initialDelay: .zero,
        maximumDelay: .zero,
        totalTime: .zero,
        maximumCorruptTries: 0
    )

    package enum Decision: Equatable, Sendable {
        case retry(after: Duration)
        case giveUp
    }

    /// What to do after a failure.
    ///
    /// The first failure that may pass is always retried, however long it took. The store's own wish for a pause is granted in full,
    /// with jitter on top so that clients do not come back all at once, unless it reaches beyond ``totalTime``.
    /// - Parameters:
    ///   - error: The failure.
    ///   - failureCount: Failures so far, this one included, since the request began or last made progress; at least 1.
    ///   - elapsed: Time since then.
    ///   - jitter: A random number in 0 ... 1.
    package func decide(after error: StorageError, failureCount: Int, elapsed: Duration, jitter: Double) -> Decision {
        guard error.isRetryable, self != .never else { return .giveUp }
        if error.code == .corrupt, failureCount >= maximumCorruptTries { return .giveUp }
        var bound = initialDelay
        for _ in 1..<max(1, failureCount) where bound < maximumDelay { bound = bound * multiplier }
        let fraction = min(1, max(0, jitter))
        var delay = min(bound, maximumDelay) * fraction
        if let pause = error.retryAfter, pause > .zero {
            guard pause <= totalTime else { return .giveUp }
            delay = pause + initialDelay * fraction
        }
        if failureCount > 1, elapsed + delay > totalTime { return .giveUp }
        return .retry(after: delay)
    }
}
