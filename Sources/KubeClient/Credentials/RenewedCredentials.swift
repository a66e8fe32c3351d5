// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Credentials that end: kept until a moment, then fetched once for all who ask.
package final class RenewedCredentials: RequestCredentials {
    /// What a source gives.
    package struct Grant: Sendable {
        package var authorization: String?
        /// How long it may be used; nil until the server refuses it.
        package var lifetime: Duration?

        package init(authorization: String?, lifetime: Duration?) {
            self.authorization = authorization
            self.lifetime = lifetime
        }
    }

    private struct Kept: Sendable {
        var authorization: String?
        var endsAt: Duration?
    }

    private let fetch: @Sendable () async throws -> Grant
    private let stopwatch: Stopwatch
    private let kept = Mutex<Kept?>(nil)
    private let gate = AsyncSemaphore(limit: 1)

    package init(clock: any Clock<Duration>, fetch: @escaping @Sendable () async throws -> Grant) {
        stopwatch = Stopwatch(clock: clock)
        self.fetch = fetch
    }

    package func authorization() async throws -> String? {
        if let usable = usable() { return usable.authorization }
        return try await gate.withPermit {
            // Whoever held the gate before may have fetched them.
            if let usable = usable() { return usable.authorization }
            let grant = try await fetch()
            let now = stopwatch.elapsed
            kept.withLock { kept in
                kept = Kept(authorization: grant.authorization, endsAt: grant.lifetime.map { now + $0 })
            }
            return grant.authorization
        }
    }

    package func invalidate(_ authorization: String?) async {
        kept.withLock { kept in
            if kept?.authorization == authorization { kept = nil }
        }
    }

    private func usable() -> Kept? {
        let now = stopwatch.elapsed
        return kept.withLock { kept in
            guard let current = kept else { return nil }
            if let endsAt = current.endsAt, endsAt <= now { return nil }
            return current
        }
    }
}
