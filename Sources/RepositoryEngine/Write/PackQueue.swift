// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Closed packs on their way to the uploads: handed in without waiting, taken out by upload tasks.
///
/// Whoever hands packs in calls ``waitForCapacity()`` in between, which keeps the number of packs bounded: at most `limit`
/// queued or being uploaded, plus one for each caller between two such calls.
final class PackQueue<Pack: Sendable>: Sendable {
    private let state: Mutex<PackQueueState<Pack>>

    init(limit: Int) {
        state = Mutex(PackQueueState(limit: limit))
    }

    /// Hands a pack in.
    ///
    /// - Throws: The error of ``fail(_:)``.
    func put(_ pack: Pack) throws {
        try state.withLock { try $0.put(pack) }.resumeAll()
    }

    /// Waits for the next pack; nil when the queue is finished.
    ///
    /// The pack counts as on its way until ``complete()``.
    func next() async throws -> Pack? {
        try await wait {
            $0.next(waiter: $1)
        } onCancel: {
            $0.cancel($1)
        }
    }

    /// Says that a pack taken by ``next()`` is done with.
    func complete() {
        state.withLock { $0.complete() }.resumeAll()
    }

    /// Waits until fewer packs than the limit are on their way.
    func waitForCapacity() async throws {
        if try state.withLock({ try $0.hasCapacity() }) { return }
        _ = try await wait {
            $0.waitForCapacity(waiter: $1)
        } onCancel: {
            $0.cancel($1)
        }
    }

    /// Waits until no pack is on its way.
    func waitUntilIdle() async throws {
        _ = try await wait {
            $0.waitUntilIdle(waiter: $1)
        } onCancel: {
            $0.cancel($1)
        }
    }

    /// Ends the queue: what is in it is still taken.
    func finish() {
        state.withLock { $0.finish() }.resumeAll()
    }

    /// Ends the queue at once; every waiting or later call throws the first error given here.
    func fail(_ error: any Error) {
        state.withLock { $0.fail(error) }.resumeAll()
    }

    /// The error the queue failed with.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// Throws the error the queue failed with.
    func checkFailure() throws {
        if let failure { throw failure }
    }

    private func wait(
        _ ask: @Sendable (inout PackQueueState<Pack>, PackQueueState<Pack>.Waiter) -> PackQueueState<Pack>.Wakeups,
        onCancel: @Sendable (inout PackQueueState<Pack>, Int) -> PackQueueState<Pack>.Wakeups
    ) async throws -> Pack? {
        let id = state.withLock { $0.makeID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Pack?, any Error>) in
                let wakeups = state.withLock { state in
                    Task.isCancelled
                        ? .init(continuation, .failure(CancellationError()))
                        : ask(&state, .init(id: id, continuation: continuation))
                }
                wakeups.resumeAll()
            }
        } onCancel: {
            state.withLock { onCancel(&$0, id) }.resumeAll()
        }
    }
}

/// What a ``PackQueue`` decides under its lock; continuations leave it to be resumed outside.
struct PackQueueState<Pack: Sendable>: Sendable {
    typealias Continuation = CheckedContinuation<Pack?, any Error>

    struct Waiter: Sendable {
        var id: Int
        var continuation: Continuation
    }

    struct Wakeups: Sendable {
        private var all: [(Continuation, Result<Pack?, any Error>)] = []

        init() {}

        init(_ continuation: Continuation, _ result: Result<Pack?, any Error>) {
            all = [(continuation, result)]
        }

        mutating func add(_ waiter: Waiter, _ result: Result<Pack?, any Error>) {
            all.append((waiter.continuation, result))
        }

        mutating func add(_ other: Wakeups) { all += other.all }

        func resumeAll() {
            for (continuation, result) in all { continuation.resume(with: result) }
        }
    }

    private let limit: Int
    private var packs: [Pack] = []
    private var activeCount = 0
    private var takers: [Waiter] = []
    private var capacityWaiters: [Waiter] = []
    private var idleWaiters: [Waiter] = []
    private var isFinished = false
    private(set) var failure: (any Error)?
    private var lastID = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Packs queued or taken and not completed.
    var count: Int { packs.count + activeCount }

    mutating func makeID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func put(_ pack: Pack) throws -> Wakeups {
        if let failure { throw failure }
        precondition(!isFinished, "a pack was handed to a finished queue")
        guard takers.isEmpty else {
            activeCount += 1
            return Wakeups(takers.removeFirst().continuation, .success(pack))
        }
        packs.append(pack)
        return Wakeups()
    }

    mutating func next(waiter: Waiter) -> Wakeups {
        if let failure { return Wakeups(waiter.continuation, .failure(failure)) }
        if !packs.isEmpty {
            activeCount += 1
            return Wakeups(waiter.continuation, .success(packs.removeFirst()))
        }
        if isFinished { return Wakeups(waiter.continuation, .success(nil)) }
        takers.append(waiter)
        return Wakeups()
    }

    mutating func complete() -> Wakeups {
        activeCount -= 1
        var wakeups = Wakeups()
        if count < limit {
            for waiter in capacityWaiters { wakeups.add(waiter, .success(nil)) }
            capacityWaiters = []
        }
        if count == 0 {
            for waiter in idleWaiters { wakeups.add(waiter, .success(nil)) }
            idleWaiters = []
        }
        return wakeups
    }

    func hasCapacity() throws -> Bool {
        if let failure { throw failure }
        return count < limit
    }

    mutating func waitForCapacity(waiter: Waiter) -> Wakeups {
        if let failure { return Wakeups(waiter.continuation, .failure(failure)) }
        if count < limit { return Wakeups(waiter.continuation, .success(nil)) }
        capacityWaiters.append(waiter)
        return Wakeups()
    }

    mutating func waitUntilIdle(waiter: Waiter) -> Wakeups {
        if let failure { return Wakeups(waiter.continuation, .failure(failure)) }
        if count == 0 { return Wakeups(waiter.continuation, .success(nil)) }
        idleWaiters.append(waiter)
        return Wakeups()
    }

    mutating func finish() -> Wakeups {
        isFinished = true
        var wakeups = Wakeups()
        for waiter in takers { wakeups.add(waiter, .success(nil)) }
        takers = []
        return wakeups
    }

    mutating func fail(_ error: any Error) -> Wakeups {
        if failure == nil { failure = error }
        packs = []
        var wakeups = Wakeups()
        for waiter in takers + capacityWaiters + idleWaiters { wakeups.add(waiter, .failure(failure ?? error)) }
        takers = []
        capacityWaiters = []
        idleWaiters = []
        return wakeups
    }

    mutating func cancel(_ id: Int) -> Wakeups {
        var wakeups = Wakeups()
        func remove(from list: inout [Waiter]) {
            for waiter in list where waiter.id == id { wakeups.add(waiter, .failure(CancellationError())) }
            list.removeAll { $0.id == id }
        }
        remove(from: &takers)
        remove(from: &capacityWaiters)
        remove(from: &idleWaiters)
        return wakeups
    }
}
