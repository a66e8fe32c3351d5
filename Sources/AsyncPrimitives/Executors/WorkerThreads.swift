// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Detached POSIX threads that run jobs from one queue; owned by a ``BlockingExecutor``.
///
// Invariant: `jobs`, `threadCount`, `idleCount` and `isStopped` are touched only with `mutex` held; `mutex` and `condition`
// are initialised before the first thread starts and destroyed when the last reference (executor or thread) is gone.
@safe final class WorkerThreads: @unchecked Sendable {
    @safe private struct Job {
        let job: UnownedJob
        let executor: UnownedTaskExecutor
    }

    private let name: String
    private let maximumCount: Int
    private let monitor: BlockingMonitor?
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs = FIFOQueue<Job>()
    private var threadCount = 0
    private var idleCount = 0
    private var isStopped = false

    init(name: String, maximumCount: Int, monitor: BlockingMonitor? = nil) {
        self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
        self.maximumCount = maximumCount
        self.monitor = monitor
        // SAFETY: both are allocated here, initialised by the matching calls, and freed only in deinit.
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        // SAFETY: no thread can hold or wait on them: each thread keeps a reference to this object.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func submit(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
        let startsThread = withLock {
            // SAFETY: the executor outlives its jobs: `BlockingExecutor.run` keeps it until the task has left it.
            unsafe jobs.append(Job(job: job, executor: executor))
            if idleCount >= jobs.count || threadCount == maximumCount {
                // SAFETY: initialised in init.
                unsafe pthread_cond_signal(condition)
                return false
            }
            threadCount += 1
            return true
        }
        if startsThread, !startThread() {
            // No new thread: the job waits for an existing one. Without any there is nothing left to run on.
            let remaining = withLock {
                threadCount -= 1
                unsafe pthread_cond_signal(condition)
                return threadCount
            }
            precondition(remaining > 0, "the system refuses to start a thread for blocking calls")
        }
    }

    /// Lets every thread end after the job it is running; jobs still queued are run first.
    func stop() {
        withLock {
            isStopped = true
            // SAFETY: initialised in init.
            unsafe pthread_cond_broadcast(condition)
        }
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        // SAFETY: `attributes` outlives the three calls; the retained reference is released by the thread, or here if none started.
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        let context = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<WorkerThreads>.fromOpaque(context).takeRetainedValue().runJobs()
                return nil
            },
            context.toOpaque()
        )
        if result != 0 { unsafe context.release() }
        return result == 0
    }

    private func runJobs() {
        nameThisThread()
        while let next = nextJob() {
            let token = monitor?.begin()
            unsafe next.job.runSynchronously(on: next.executor)
            if let token { monitor?.end(token) }
        }
    }

    /// Sets what `ps -L` and debuggers show; a system without /proc shows the program's name instead.
    private func nameThisThread() {
        // SAFETY: the path is a literal.
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // SAFETY: the buffer is valid for the call and its count is passed.
        _ = unsafe Array(name.utf8).withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    private func nextJob() -> Job? {
        withLock {
            while true {
                if let job = jobs.popFirst() { return job }
                if isStopped {
                    threadCount -= 1
                    return nil
                }
                idleCount += 1
                // SAFETY: the mutex is held by this thread, as the call demands.
                unsafe pthread_cond_wait(condition, mutex)
                idleCount -= 1
            }
        }
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        // SAFETY: initialised in init, alive as long as self.
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }
}
