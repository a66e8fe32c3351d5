// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// One direction's rate limit, shared by every store and connection it is given to.
package final class BandwidthLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let stopwatch: Stopwatch
    private let clock: any Clock<Duration>

    package init(byteCountPerSecond: Int, burstByteCount: Int? = nil, clock: any Clock<Duration> = ContinuousClock()) {
        bucket = Mutex(TokenBucket(byteCountPerSecond: byteCountPerSecond, burstByteCount: burstByteCount))
        stopwatch = Stopwatch(clock: clock)
        self.clock = clock
    }

    /// Waits until `byteCount` more bytes may pass.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; the bytes count as not sent then.
    package func pass(_ byteCount: Int) async throws {
        try Task.checkCancellation()
        let delay = take(byteCount)
        guard delay > .zero else { return }
        do {
            try await clock.sleep(for: delay)
        } catch {
            bucket.withLock { $0.giveBack(byteCount) }
            throw error
        }
    }

    /// Counts `byteCount` bytes and says how long to wait before sending more; for transports that pause by themselves.
    package func take(_ byteCount: Int) -> Duration {
        let now = stopwatch.elapsed
        return bucket.withLock { $0.take(byteCount, now: now) }
    }
}
