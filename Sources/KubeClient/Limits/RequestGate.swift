// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Keeps the requests of one client within its rate, in the order they come.
final class RequestGate: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let stopwatch: Stopwatch
    private let clock: any Clock<Duration>

    init(rate: Double, burst: Int, clock: any Clock<Duration>) {
        bucket = Mutex(TokenBucket(rate: rate, burst: burst))
        stopwatch = Stopwatch(clock: clock)
        self.clock = clock
    }

    /// Waits for this request's turn.
    func pass() async throws {
        try Task.checkCancellation()
        let now = stopwatch.elapsed
        let delay = bucket.withLock { $0.reserve(now: now) }
        if delay > .zero { try await clock.sleep(for: delay) }
    }

    /// Lets nobody through for a while.
    func hold(_ pause: Duration) {
        let now = stopwatch.elapsed
        bucket.withLock { $0.hold(pause, now: now) }
    }
}
