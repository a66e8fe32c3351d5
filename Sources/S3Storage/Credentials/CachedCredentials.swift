// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Keeps credentials until shortly before they expire and renews them once for all who ask.
///
/// While old ones are still valid a failed renewal is no failure: they are used on, and the renewal is tried again a little later.
package final class CachedCredentials: CredentialsProvider {
    private struct State {
        var current: AWSCredentials?
        var isResolved = false
        var isRefused = false
        var isRenewing = false
        var nextAttempt: UTCTime?
    }

    private enum Decision { case use(AWSCredentials?), renew, wait }

    private let provider: any CredentialsProvider
    private let wallClock: WallClock
    private let marginSeconds: Int64
    private let retrySeconds: Int64
    private let state = Mutex(State())
    private let gate = AsyncSemaphore(limit: 1)

    /// - Parameters:
    ///   - marginSeconds: How long before expiry to renew.
    ///   - retrySeconds: How long to leave the source alone after a renewal that failed.
    package init(
        _ provider: any CredentialsProvider,
        wallClock: @escaping WallClock,
        marginSeconds: Int64 = 300,
        retrySeconds: Int64 = 30
    ) {
        self.provider = provider
        self.wallClock = wallClock
        self.marginSeconds = marginSeconds
        self.retrySeconds = retrySeconds
    }

    package func credentials() async throws -> AWSCredentials? {
        switch decide() {
        case .use(let credentials): return credentials
        case .renew, .wait: break
        }
        return try await gate.withPermit {
            // Whoever held the gate before may have renewed them.
            if case .use(let credentials) = decide() { return credentials }
            return try await renew()
        }
    }

    package func invalidate(_ used: AWSCredentials) async {
        let isCurrent = state.withLock { state in
            guard state.current == used else { return false }
            state.isRefused = true
            return true
        }
        if isCurrent { await provider.invalidate(used) }
    }

    private func decide() -> Decision {
        let now = wallClock()
        return state.withLock { state in
            guard state.isResolved, !state.isRefused else { return .wait }
            guard let expiration = state.current?.expiration else { return .use(state.current) }
            let secondsLeft = now.seconds(until: expiration)
            if secondsLeft > marginSeconds { return .use(state.current) }
            guard secondsLeft > 0 else { return .wait }
            // Still valid: one asker renews them, the others need not wait for it.
            if state.isRenewing { return .use(state.current) }
            if let nextAttempt = state.nextAttempt, now < nextAttempt { return .use(state.current) }
            return .renew
        }
    }

    private func renew() async throws -> AWSCredentials? {
        state.withLock { $0.isRenewing = true }
        defer { state.withLock { $0.isRenewing = false } }
        do {
            let fresh = try await provider.credentials()
            state.withLock { state in
                state.current = fresh
                state.isResolved = true
                state.isRefused = false
                state.nextAttempt = nil
            }
            return fresh
        } catch {
            try Task.checkCancellation()
            let now = wallClock()
            let usable: AWSCredentials? = state.withLock { state in
                guard state.isResolved, !state.isRefused, let current = state.current,
                    let expiration = current.expiration, now < expiration
                else { return nil }
                state.nextAttempt = now.advanced(bySeconds: retrySeconds)
                return current
            }
            guard let usable else { throw error }
            return usable
        }
    }
}
