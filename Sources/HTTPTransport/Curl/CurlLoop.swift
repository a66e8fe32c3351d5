// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import CShims
internal import Glibc
internal import Synchronization

/// The loop thread's mailbox: any task posts commands here, the thread performs them.
///
/// It holds at most a few commands for each request under way, so the callers' own limit on concurrent requests bounds it.
@safe
final class CurlLoop: Sendable {
    /// What the thread is asked to do.
    enum Command {
        case start(HTTPRequest, Exchange)
        case resumeReception(Exchange)
        case resumeSending(Exchange)
        /// Nobody reads the rest of the answer.
        case abandon(Exchange)
        /// The exchange is over; end its transfer.
        case remove(Exchange)
    }

    private struct State {
        var commands: [Command] = []
        var isStopping = false
        var hasStopped = false
        /// Whether a wake-up is on its way, so that commands posted in a burst cost one.
        var isWoken = false
        /// Wakes the thread while it runs.
        var waker: Waker?
        /// Whoever waits for the end; the answer says whether it has to join the thread.
        var stopWaiters: [CheckedContinuation<pthread_t?, Never>] = []
    }

    /// The thread's multi handle as others may use it.
    ///
    /// Invariant: used only under the mailbox's lock, only while the thread runs its loop, and only for curl_multi_wakeup, the
    /// one function of a multi handle that libcurl allows from other threads.
    @safe
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer

        func wake() { unsafe curl_multi_wakeup(multi) }
    }

    let configuration: CurlHTTPClient.Configuration
    private let state = Mutex(State())

    private init(configuration: CurlHTTPClient.Configuration) {
        self.configuration = configuration
    }

    /// Starts the thread.
    static func start(configuration: CurlHTTPClient.Configuration) throws(HTTPError) -> CurlLoop {
        guard isLibraryReady else { throw HTTPError(.library, "libcurl cannot be initialised") }
        let loop = CurlLoop(configuration: configuration)
        // SAFETY: the thread takes over the retained reference and releases it when it ends.
        let context = unsafe Unmanaged.passRetained(loop).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let loop = unsafe Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
                loop.runThread()
                return nil
            },
            context
        )
        guard status == 0 else {
            unsafe Unmanaged<CurlLoop>.fromOpaque(context).release()
            throw HTTPError(.library, "cannot start the HTTP thread: errno \(status)")
        }
        return loop
    }

    /// Initialises libcurl once for the process.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    // MARK: Any thread

    func submit(_ request: HTTPRequest, _ exchange: Exchange) {
        guard post(.start(request, exchange)) else {
            exchange.finish(.failure(Self.closedError))
            return
        }
    }

    func resumeReception(of exchange: Exchange) { post(.resumeReception(exchange)) }

    func resumeSending(of exchange: Exchange) { post(.resumeSending(exchange)) }

    func abandon(_ exchange: Exchange) { post(.abandon(exchange)) }

    /// Ends the exchange for its reader at once and its transfer soon.
    func cancel(_ exchange: Exchange) { fail(exchange, CancellationError()) }

    func fail(_ exchange: Exchange, _ error: any Error) {
        exchange.finish(.failure(error))
        post(.remove(exchange))
    }

    func requestStop() {
        state.withLock { state in
            state.isStopping = true
            Self.wake(&state)
        }
    }

    func waitUntilStopped() async {
        let thread = await withCheckedContinuation { (continuation: CheckedContinuation<pthread_t?, Never>) in
            let hasStopped = state.withLock { state in
                if !state.hasStopped { state.stopWaiters.append(continuation) }
                return state.hasStopped
            }
            if hasStopped { continuation.resume(returning: nil) }
        }
        // Blocks for the thread's last instructions only.
        if let thread { pthread_join(thread, nil) }
    }

    static let closedError = HTTPError(.closed, "the HTTP client was closed")

    @discardableResult
    private func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.commands.append(command)
            Self.wake(&state)
            return true
        }
    }

    private static func wake(_ state: inout State) {
        guard !state.isWoken, let waker = state.waker else { return }
        state.isWoken = true
        waker.wake()
    }

    // MARK: Loop thread

    /// Takes what was posted since the last call.
    ///
    /// - Returns: The commands and whether the loop has to end after them.
    func takeCommands() -> (commands: [Command], isStopping: Bool) {
        state.withLock { state in
            var commands: [Command] = []
            swap(&commands, &state.commands)
            state.isWoken = false
            return (commands, state.isStopping)
        }
    }

    private func runThread() {
        // Signals are for the threads that handle them; SIGPIPE on a closed connection must not end the process.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        unsafe shims_set_own_thread_name("http")

        if let driver = CurlDriver(loop: self) {
            let waker = unsafe Waker(multi: driver.multi)
            state.withLock { state in state.waker = waker }
            driver.run()
            state.withLock { state in
                state.waker = nil
                state.isStopping = true
            }
            driver.stop(Self.closedError)
        }
        let waiters = state.withLock { state in
            state.isStopping = true
            state.hasStopped = true
            let commands = state.commands
            state.commands = []
            for case .start(_, let exchange) in commands { exchange.finish(.failure(Self.closedError)) }
            var waiters: [CheckedContinuation<pthread_t?, Never>] = []
            swap(&waiters, &state.stopWaiters)
            return waiters
        }
        // A thread is joined or detached, once.
        if waiters.isEmpty { pthread_detach(pthread_self()) }
        for (index, waiter) in waiters.enumerated() { waiter.resume(returning: index == 0 ? pthread_self() : nil) }
    }
}
