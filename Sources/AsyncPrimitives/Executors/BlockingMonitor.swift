// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Tells how long the threads of executors have been in one piece of work, which is how a call that never returns shows.
///
/// A piece of work ends where a task waits for something: it may be long without any call of it being so.
package final class BlockingMonitor: Sendable {
    private struct State {
        var starts: [Int: ContinuousClock.Instant] = [:]
        var lastToken = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// How long the longest piece of work has been going on; zero when there is none.
    package var longest: Duration {
        let now = ContinuousClock.now
        return state.withLock { $0.starts.values.min().map { $0.duration(to: now) } } ?? .zero
    }

    /// A thread begins with a piece of work; it says so when that ends.
    func begin() -> Int {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.lastToken += 1
            state.starts[state.lastToken] = now
            return state.lastToken
        }
    }

    func end(_ token: Int) {
        state.withLock { $0.starts[token] = nil }
    }
}
