// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
package import KubeModel

/// Lets one of several equal processes work at a time, by a Lease they share.
package struct LeaderElection: Sendable {
    private let client: KubeClient
    private let key: ObjectKey
    private let identity: String
    private let timing: LeaseTiming
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> KubeTime
    private let report: @Sendable (any Error) -> Void

    /// - Parameters:
    ///   - key: Of the Lease.
    ///   - identity: Of this process, unlike any other's.
    ///   - report: Told of attempts that failed; must not block.
    package init(
        client: KubeClient,
        key: ObjectKey,
        identity: String,
        timing: LeaseTiming = LeaseTiming(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> KubeTime = ConfigurationEnvironment.systemTime,
        report: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.client = client
        self.key = key
        self.identity = identity
        self.timing = timing
        self.clock = clock
        self.now = now
        self.report = report
    }

    /// Waits for the lease, runs `body` while it is held, and gives it back.
    ///
    /// - Throws: ``LeadershipLost`` if the lease could not be renewed in time; `body` is cancelled and has ended then. Else what `body`
    ///   throws, or `CancellationError`.
    package func run<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let stopwatch = Stopwatch(clock: clock)
        var state = LeaseState(identity: identity, timing: timing)
        while !state.holds(now: stopwatch.elapsed) {
            await attempt(&state, stopwatch)
            try Task.checkCancellation()
            if !state.holds(now: stopwatch.elapsed) { try await clock.sleep(for: timing.retryPeriod) }
        }
        let held = state
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await withThrowingTaskGroup(of: Result?.self) { group in
                    group.addTask { try await body() }
                    group.addTask {
                        try await renew(held, stopwatch)
                        return nil
                    }
                    defer { group.cancelAll() }
                    while let result = try await group.next() {
                        if let result { return result }
                    }
                    throw CancellationError()
                }
            )
        } catch {
            outcome = .failure(error)
        }
        await release()
        return try outcome.get()
    }

    /// Renews until cancelled.
    ///
    /// - Throws: ``LeadershipLost``.
    private func renew(_ held: LeaseState, _ stopwatch: Stopwatch) async throws {
        var state = held
        while true {
            try await clock.sleep(for: timing.retryPeriod)
            await attempt(&state, stopwatch)
            try Task.checkCancellation()
            guard state.holds(now: stopwatch.elapsed) else { throw LeadershipLost(key: key) }
        }
    }

    /// Tries to take or renew the lease, for no longer than it could still be held by.
    private func attempt(_ state: inout LeaseState, _ stopwatch: Stopwatch) async {
        let moment = stopwatch.elapsed
        let current = state
        let left = (state.renewedAt ?? moment) + timing.renewDeadline - moment
        do {
            state = try await withDeadline(max(min(left, timing.renewDeadline / 2), .milliseconds(1)), clock: clock) {
                try await attempted(current, moment)
            }
        } catch {
            if !Task.isCancelled { report(error) }
        }
    }

    private func attempted(_ before: LeaseState, _ moment: Duration) async throws -> LeaseState {
        var state = before
        let lease = try await client.get(Lease.self, key)
        switch state.decide(lease, key: key, now: moment, time: now()) {
        case .wait: return state
        case .create(let lease): _ = try await client.create(lease)
        case .replace(let lease): _ = try await client.replace(lease)
        }
        state.accepted(at: moment)
        return state
    }

    private func release() async {
        let state = LeaseState(identity: identity, timing: timing)
        do {
            try await withCancellationShield(timeout: timing.renewDeadline, clock: clock) {
                guard let lease = try await client.get(Lease.self, key),
                    let released = state.released(lease, time: now())
                else { return }
                _ = try await client.replace(released)
            }
        } catch {
            // It ends by itself.
            report(error)
        }
    }
}

/// The lease could not be renewed in time; somebody else may hold it now.
package struct LeadershipLost: Error, CustomStringConvertible {
    package let key: ObjectKey

    package var description: String { "lost the lease \(key): it could not be renewed in time" }
}
