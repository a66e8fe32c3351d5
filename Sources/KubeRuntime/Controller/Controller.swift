// SPDX-License-Identifier: Apache-2.0

/// Brings the world in line with what objects say, one key at a time: workers take keys from a queue and reconcile them.
///
/// Reconciling is level-based: it reads the whole state, whatever happened to it, and must be repeatable. Failures are repeated after
/// growing pauses; a crash of this process loses nothing, since every object is reconciled after the start.
package struct Controller<Key: Hashable & Sendable>: Sendable {
    /// How reconciling a key ended.
    package enum Outcome: Sendable, Equatable {
        /// Nothing to do until something changes.
        case done
        /// To be looked at again, even if nothing changes.
        case again(after: Duration)
    }

    /// A key that could not be reconciled this time.
    package struct Failure: Sendable {
        package let key: Key
        package let error: any Error
        /// Failures in a row.
        package let count: Int
    }

    package let queue: WorkQueue<Key>
    private let workerCount: Int
    private let reflectors: [Reflector]
    private let report: @Sendable (Failure) -> Void
    private let reconcile: @Sendable (Key) async throws -> Outcome

    /// - Parameters:
    ///   - workerCount: Keys reconciled at once; at least 1.
    ///   - reflectors: Run beside the workers, which begin when the stores are complete.
    ///   - report: Told of failures; must not block.
    package init(
        queue: WorkQueue<Key>,
        workerCount: Int,
        reflectors: [Reflector],
        report: @escaping @Sendable (Failure) -> Void = { _ in },
        reconcile: @escaping @Sendable (Key) async throws -> Outcome
    ) {
        precondition(workerCount > 0, "a controller needs a worker")
        self.queue = queue
        self.workerCount = workerCount
        self.reflectors = reflectors
        self.report = report
        self.reconcile = reconcile
    }

    /// Runs until the queue is shut down and what was being reconciled has ended, or until cancelled.
    ///
    /// - Throws: `CancellationError`.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reflector in reflectors { group.addTask { try await reflector.run() } }
            group.addTask { try await work() }
            // Reflectors only end by failing; the workers' end is the controller's.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func work() async throws {
        for reflector in reflectors { try await reflector.store.waitUntilSynced() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workerCount {
                group.addTask {
                    while let key = try await queue.take() { try await process(key) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func process(_ key: Key) async throws {
        defer { queue.done(key) }
        do {
            let outcome = try await reconcile(key)
            queue.forgetFailures(key)
            if case .again(let pause) = outcome { queue.add(key, after: pause) }
        } catch {
            try Task.checkCancellation()
            queue.addFailed(key)
            report(Failure(key: key, error: error, count: queue.failureCount(key)))
        }
    }
}
