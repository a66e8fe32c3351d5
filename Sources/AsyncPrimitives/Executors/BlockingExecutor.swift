// SPDX-License-Identifier: Apache-2.0

/// Threads for calls that block, such as file syscalls, so that they never hold up the cooperative pool.
///
/// Threads start on demand, at most `threadCount` of them, wait without using the processor, and end with the executor.
package final class BlockingExecutor: TaskExecutor {
    private let workers: WorkerThreads

    /// - Parameters:
    ///   - name: Thread name as debuggers show it; cut to 15 bytes.
    ///   - threadCount: Threads at most; at least 1.
    ///   - monitor: Told of each piece of work.
    package init(name: String, threadCount: Int, monitor: BlockingMonitor? = nil) {
        precondition(threadCount > 0, "an executor needs a thread")
        workers = WorkerThreads(name: name, maximumCount: threadCount, monitor: monitor)
    }

    deinit {
        workers.stop()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        // SAFETY: whoever prefers this executor keeps it alive meanwhile, as `run` does.
        unsafe workers.submit(UnownedJob(job), on: asUnownedTaskExecutor())
    }

    /// Runs `body`, which may block, on one of the threads; the caller's thread is free meanwhile.
    ///
    /// Jobs start in the order they came. `body` is not interrupted by cancellation: check between blocking calls.
    package func run<Result: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await withTaskExecutorPreference(self) { () async throws(Failure) -> Result in
            try await Self.callOffActor(body)
        }
    }

    // Concurrent functions start on the task's preferred executor whatever the caller is isolated to.
    @concurrent
    private static func callOffActor<Result: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try body()
    }
}
