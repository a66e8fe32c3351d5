// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One thread that runs tasks and knows when all of them are suspended or done: `addTask(executorPreference:)` tasks to it, then
/// ``quiescence()`` returns at the moment nothing more can happen without the test. Makes "it is waiting" a fact instead of a guess.
///
// Invariant: `jobs`, `isRunning` and `watchers` are touched only with `condition` locked.
@safe package final class QuiescentExecutor: TaskExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var isRunning = false
    private var isStopped = false
    private var watchers: [CheckedContinuation<Void, Never>] = []

    private init() {}

    /// Runs `body` with an executor that ends with it; every task given to it must have ended by then.
    package static func with<Result>(_ body: (QuiescentExecutor) async throws -> Result) async rethrows -> Result {
        let executor = QuiescentExecutor()
        Thread { executor.run() }.start()
        defer { executor.stop() }
        return try await body(executor)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        locked {
            jobs.append(job)
            condition.broadcast()
        }
    }

    /// Returns when every task on this executor is suspended outside of it or has ended.
    package func quiescence() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isQuiet = locked {
                if jobs.isEmpty, !isRunning { return true }
                watchers.append(continuation)
                return false
            }
            if isQuiet { continuation.resume() }
        }
    }

    private func run() {
        while let job = nextJob() {
            // SAFETY: the thread keeps the executor alive.
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func nextJob() -> UnownedJob? {
        locked {
            isRunning = false
            while jobs.isEmpty {
                for watcher in watchers { watcher.resume() }
                watchers.removeAll()
                if isStopped { return nil }
                condition.wait()
            }
            isRunning = true
            return jobs.removeFirst()
        }
    }

    private func stop() {
        locked {
            isStopped = true
            condition.broadcast()
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
