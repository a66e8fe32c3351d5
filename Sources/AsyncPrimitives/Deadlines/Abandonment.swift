// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Runs `body` until it ends, or until `isLost` returns, and then stops waiting for it: for work that may be stuck in a call of the system
/// which nothing interrupts, such as one on a network file system whose server is gone.
///
/// Cancellation reaches `body`, which is still waited for until `isLost` returns. What is abandoned is cancelled too, holds what it holds,
/// and ends when the call returns; ``Abandoned/end()`` waits for that.
///
/// - Parameter isLost: Returns when `body` is not to be waited for any more; throws to leave it to `body`. Its argument tells whether the
///   caller was cancelled; it is cancelled itself only once `body` has ended.
/// - Throws: ``Abandoned`` when `isLost` returned first, else what `body` throws.
package func withAbandonment<Result: Sendable>(
    of body: @escaping @Sendable () async throws -> Result,
    when isLost: @escaping @Sendable (_ isCancelled: @Sendable () -> Bool) async throws -> Void
) async throws -> Result {
    let race = Race<Result>()
    let ended = LatestValue(false)
    let work = Task {
        defer { ended.finish() }
        do {
            race.finish(.success(try await body()))
        } catch {
            race.finish(.failure(error))
        }
    }
    let watch = Task {
        do {
            try await isLost { race.isCancelled }
            race.finish(.failure(Abandoned(ended: ended)))
        } catch {}
    }
    let result = await withTaskCancellationHandler {
        await race.wait()
    } onCancel: {
        race.cancel()
        work.cancel()
    }
    work.cancel()
    watch.cancel()
    return try result.get()
}

/// Work is not waited for any more, though it goes on.
package struct Abandoned: Error, CustomStringConvertible {
    private let ended: LatestValue<Bool>

    fileprivate init(ended: LatestValue<Bool>) { self.ended = ended }

    package var description: String { "work that does not come to an end was given up" }

    /// Waits until the work ends after all.
    ///
    /// - Throws: `CancellationError`.
    package func end() async throws { _ = try await ended.next(after: 0) }
}

/// Which of two came first.
private final class Race<Success: Sendable>: Sendable {
    private struct State {
        var result: Result<Success, any Error>?
        var waiter: CheckedContinuation<Result<Success, any Error>, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func cancel() { state.withLock { $0.isCancelled = true } }

    func finish(_ result: Result<Success, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Result<Success, any Error>, Never>? in
            guard state.result == nil else { return nil }
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(returning: result)
    }

    func wait() async -> Result<Success, any Error> {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Result<Success, any Error>? in
                if state.result == nil { state.waiter = continuation }
                return state.result
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
