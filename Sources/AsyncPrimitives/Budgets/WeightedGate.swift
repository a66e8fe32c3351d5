// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Admits requests of given weights while their sum stays within a limit, strictly in the order they came.
///
/// A request heavier than the whole limit is admitted alone rather than never. Shared by ``ByteBudget`` and ``AsyncSemaphore``.
final class WeightedGate: Sendable {
    private struct Waiter {
        let id: Int
        let weight: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var limit: Int
        var used = 0
        var waiters = FIFOQueue<Waiter>()
        var lastID = 0

        mutating func tryAcquire(_ weight: Int) -> Bool {
            guard waiters.isEmpty, fits(weight) else { return false }
            used += weight
            return true
        }

        mutating func admitWaiters() -> [Waiter] {
            var admitted: [Waiter] = []
            while let next = waiters.first, fits(next.weight) {
                used += next.weight
                admitted.append(next)
                _ = waiters.popFirst()
            }
            return admitted
        }

        private func fits(_ weight: Int) -> Bool {
            used == 0 || used + weight <= limit
        }
    }

    private let state: Mutex<State>

    init(limit: Int) {
        precondition(limit > 0, "a gate with no room admits nothing in parallel; use at least 1")
        state = Mutex(State(limit: limit))
    }

    var limit: Int { state.withLock { $0.limit } }
    var used: Int { state.withLock { $0.used } }
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Changes the limit; what is in already stays in.
    func setLimit(_ limit: Int) {
        precondition(limit > 0, "a gate with no room admits nothing in parallel; use at least 1")
        let admitted = state.withLock { state in
            state.limit = limit
            return state.admitWaiters()
        }
        for waiter in admitted { waiter.continuation.resume() }
    }

    func tryAcquire(_ weight: Int) -> Bool {
        precondition(weight >= 0, "a weight is never negative")
        return state.withLock { $0.tryAcquire(weight) }
    }

    func acquire(_ weight: Int) async throws {
        try Task.checkCancellation()
        if tryAcquire(weight) { return }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                enum Outcome { case admitted, waits, cancelled }
                let outcome: Outcome = state.withLock { state in
                    if Task.isCancelled { return .cancelled }
                    if state.tryAcquire(weight) { return .admitted }
                    state.waiters.append(Waiter(id: id, weight: weight, continuation: continuation))
                    return .waits
                }
                switch outcome {
                case .admitted: continuation.resume()
                case .waits: break
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            // Those behind a heavy request that gives up may fit now.
            let (cancelled, admitted) = state.withLock { state in
                let cancelled = state.waiters.removeFirst { $0.id == id }
                return (cancelled, cancelled == nil ? [] : state.admitWaiters())
            }
            cancelled?.continuation.resume(throwing: CancellationError())
            for waiter in admitted { waiter.continuation.resume() }
        }
    }

    func release(_ weight: Int) {
        let admitted = state.withLock { state in
            precondition(weight >= 0 && weight <= state.used, "released more than was acquired")
            state.used -= weight
            return state.admitWaiters()
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}
