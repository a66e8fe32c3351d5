// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Permission to hand work to another task instead of doing it oneself.
///
/// Nobody ever waits for a token, so holding one while waiting for other work cannot lead to a deadlock: without a token the work is
/// simply done in place.
final class ForkTokens: Sendable {
    private let available: Atomic<Int>

    init(count: Int) {
        available = Atomic(max(0, count))
    }

    /// Takes a token if there is one.
    func tryTake() -> Bool {
        var current = available.load(ordering: .relaxed)
        while current > 0 {
            let (exchanged, original) = available.weakCompareExchange(
                expected: current,
                desired: current - 1,
                ordering: .acquiringAndReleasing
            )
            if exchanged { return true }
            current = original
        }
        return false
    }

    func giveBack() {
        available.wrappingAdd(1, ordering: .releasing)
    }
}

/// Remembers the first error that ends the whole run, which the cancellation it causes would otherwise hide.
final class FailureLatch: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    var error: (any Error)? { first.withLock { $0 } }

    /// Runs `body` and keeps its error if it is the first and no cancellation.
    func catching<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            keep(error)
            throw error
        }
    }

    func keep(_ error: any Error) {
        guard !(error is CancellationError) else { return }
        first.withLock { if $0 == nil { $0 = error } }
    }
}
