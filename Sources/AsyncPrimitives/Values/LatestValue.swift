// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value of which only the newest state matters, such as progress: writers never wait, slow readers skip states.
package final class LatestValue<Value: Sendable>: Sendable {
    fileprivate struct State {
        var value: Value
        var version = 0
        var isFinished = false
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var lastID = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The newest state.
    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes everyone in ``next(after:)``.
    package func update(_ change: (inout Value) -> Void) {
        let waiters = state.withLock { state in
            change(&state.value)
            state.version += 1
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Says that no change follows; ``next(after:)`` returns what was not seen yet, then nil.
    package func finish() {
        let waiters = state.withLock { state in
            state.isFinished = true
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for a state newer than `version` (0 at the beginning); nil when there will be none.
    package func next(after version: Int) async throws -> (value: Value, version: Int)? {
        while true {
            try Task.checkCancellation()
            let (found, isFinished) = state.withLock { state in
                (state.version > version ? (value: state.value, version: state.version) : nil, state.isFinished)
            }
            if let found { return found }
            if isFinished { return nil }
            try await waitForChange(after: version)
        }
    }

    private func waitForChange(after version: Int) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let resumesNow = state.withLock { state in
                    if Task.isCancelled || state.version > version || state.isFinished { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}

extension LatestValue.State {
    fileprivate mutating func takeWaiters() -> [CheckedContinuation<Void, any Error>] {
        defer { waiters.removeAll() }
        return Array(waiters.values)
    }
}
