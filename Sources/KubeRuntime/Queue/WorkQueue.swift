// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Keys that wait for workers: each at most once, never with two workers at a time, failed ones after a growing pause.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private let state: Mutex<WorkQueueState<Key>>
    private let news = LatestValue(0)
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - firstPause: After the first failure of a key; doubles up to `longestPause`.
    package init(
        firstPause: Duration = .milliseconds(200),
        longestPause: Duration = .seconds(300),
        clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        state = Mutex(WorkQueueState(firstPause: firstPause, longestPause: longestPause))
        self.clock = clock
        self.jitter = jitter
        stopwatch = Stopwatch(clock: clock)
    }

    /// Adds a key, unless it waits already.
    package func add(_ key: Key) { change { $0.add(key) } }

    /// Adds a key after a pause; of several pauses the one that ends first counts.
    package func add(_ key: Key, after pause: Duration) {
        let moment = stopwatch.elapsed + pause
        change { $0.add(key, at: moment) }
    }

    /// Adds a key whose processing failed, after a pause that grows with each failure.
    package func addFailed(_ key: Key) {
        let now = stopwatch.elapsed
        let jitter = jitter()
        change { $0.addFailed(key, now: now, jitter: jitter) }
    }

    /// Says that processing a key succeeded.
    package func forgetFailures(_ key: Key) { state.withLock { $0.forgetFailures(key) } }

    /// How often the key failed since it last succeeded.
    package func failureCount(_ key: Key) -> Int { state.withLock { $0.failureCount(key) } }

    /// Keys that are ready to be processed, and those being processed.
    package var counts: (ready: Int, processing: Int) { state.withLock { ($0.readyCount, $0.processingCount) } }

    /// Waits for a key; nil once the queue is shut down.
    ///
    /// ``done(_:)`` must follow.
    /// - Throws: `CancellationError`.
    package func take() async throws -> Key? {
        while true {
            try Task.checkCancellation()
            // Read first: what is added from here on is news.
            let seen = news.value
            let now = stopwatch.elapsed
            switch state.withLock({ $0.take(now: now) }) {
            case .key(let key): return key
            case .ended: return nil
            case .nothing(let nextDue): try await waitForNews(after: seen, until: nextDue.map { $0 - now })
            }
        }
    }

    /// Ends the processing of a key.
    package func done(_ key: Key) { change { $0.done(key) } }

    /// Hands out nothing more; what is being processed may end.
    package func shutDown() { change { $0.shutDown() } }

    private func change(_ body: (inout WorkQueueState<Key>) -> Void) {
        state.withLock { body(&$0) }
        news.update { $0 += 1 }
    }

    private func waitForNews(after seen: Int, until pause: Duration?) async throws {
        let news = news
        guard let pause else {
            _ = try await news.next(after: seen)
            return
        }
        do {
            _ = try await withDeadline(pause, clock: clock) { try await news.next(after: seen) }
        } catch is DeadlineExceeded {}
    }
}
