// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Synchronization

/// Runs something one at a time, once for all who ask while they wait for their turn.
final class JoinedRuns: Sendable {
    private let gate = AsyncSemaphore(limit: 1)
    private let state = Mutex((begun: 0, lastSuccess: 0))

    /// Callers waiting for their turn.
    var waiterCount: Int { gate.waiterCount }

    /// Returns when a run has succeeded that began after this call; runs `body` unless somebody else did.
    ///
    /// - Parameter isShared: False for a run that counts for its caller only, and is done in any case.
    func join(isShared: Bool, _ body: () async throws -> Void) async throws {
        let seen = state.withLock { $0.begun }
        try await gate.wait()
        defer { gate.signal() }
        let number: Int? = state.withLock { state in
            guard !isShared || state.lastSuccess <= seen else { return nil }
            state.begun += 1
            return state.begun
        }
        guard let number else { return }
        try await body()
        if isShared { state.withLock { $0.lastSuccess = number } }
    }
}
