// SPDX-License-Identifier: Apache-2.0

/// Lets requests through at a steady rate, some at once; decides only, with the time given to it.
struct TokenBucket {
    /// Time between two requests at the steady rate.
    private let interval: Duration
    private let burst: Int
    /// When the bucket will be (or was) full again.
    private var fullAt: Duration = .zero

    /// - Parameters:
    ///   - rate: Requests a second in the long run; above 0.
    ///   - burst: Requests at once after a pause; at least 1.
    init(rate: Double, burst: Int) {
        precondition(rate > 0 && burst > 0, "a bucket that lets nothing through")
        interval = .seconds(1 / rate)
        self.burst = burst
    }

    /// Takes the next place in the queue.
    ///
    /// - Returns: How long to wait for it.
    mutating func reserve(now: Duration) -> Duration {
        fullAt = max(fullAt, now) + interval
        return max(fullAt - now - interval * burst, .zero)
    }

    /// Lets nobody through for `pause`, as the server asked.
    mutating func hold(_ pause: Duration, now: Duration) {
        fullAt = max(fullAt, now + pause + interval * (burst - 1))
    }
}
