// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

/// Why a volume could not be moved, in words for its resource's status.
struct MoveError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// How a move ended.
enum MoveOutcome<Result: Sendable>: Sendable {
    case succeeded(Result)
    case failed(any Error)
    /// It was told to stop, and did.
    case stopped
    /// This process ends; another one goes on.
    case interrupted
}

/// Runs `body` until it ends or is told to stop; a body that succeeds all the same has its result counted.
func untilStopped<Result: Sendable>(
    by stop: StopSignal,
    _ body: @escaping @Sendable () async throws -> Result
) async -> MoveOutcome<Result> {
    return await withTaskGroup(of: MoveOutcome<Result>?.self) { group in
        group.addTask {
            do {
                return .succeeded(try await body())
            } catch {
                return .failed(error)
            }
        }
        group.addTask {
            try? await stop.wait()
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        if let first { return Task.isCancelled ? interrupted(first) : first }
        let last = await group.next() ?? nil
        if case .succeeded = last, let last { return last }
        return Task.isCancelled ? .interrupted : .stopped
    }

    func interrupted(_ outcome: MoveOutcome<Result>) -> MoveOutcome<Result> {
        if case .succeeded = outcome { return outcome }
        return .interrupted
    }
}
