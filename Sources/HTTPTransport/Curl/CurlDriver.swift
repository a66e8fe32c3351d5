// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import CShims
internal import Glibc

/// What the loop thread runs: libcurl's multi handle and the transfers in it.
///
/// Never leaves that thread.
@safe
final class CurlDriver {
    let multi: UnsafeMutableRawPointer
    let configuration: CurlHTTPClient.Configuration
    private let loop: CurlLoop
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    /// Transfers whose reader may have news at the end of this round.
    private var unflushed: [Exchange] = []
    /// No later than the first moment at which a transfer may be out of time.
    private var nextDeadline: ContinuousClock.Instant?

    /// Whether a callback ran in this round.
    private var hasMoved = false
    /// Rounds in a row that woke for a socket and moved nothing.
    private var futileRoundCount = 0

    private static let maximumFutileRoundCount = 32

    /// - Returns: nil if libcurl has no memory for it.
    init?(loop: CurlLoop) {
        // SAFETY: this object owns the handle; `stop()` frees it on the thread that made it.
        guard let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = multi
        self.loop = loop
        self.configuration = loop.configuration
        let idleCount = Int(configuration.maximumIdleConnectionCount)
        unsafe shims_curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, idleCount)
        unsafe shims_curl_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    /// Runs until the loop is asked to stop.
    func run() {
        while true {
            let (commands, isStopping) = loop.takeCommands()
            if isStopping {
                for case .start(_, let exchange) in commands { exchange.finish(.failure(CurlLoop.closedError)) }
                return
            }
            for command in commands { perform(command) }
            var runningCount: Int32 = 0
            let status = unsafe curl_multi_perform(multi, &runningCount)
            guard status == CURLM_OK else {
                failAll(
                    HTTPError(.library, "libcurl's loop failed: \(unsafe String(cString: curl_multi_strerror(status)))")
                )
                return
            }
            if finishCompleted() { hasMoved = true }
            for exchange in unflushed { exchange.flush() }
            unflushed.removeAll(keepingCapacity: true)
            restAfterFutileRounds(isFutile: commands.isEmpty && !hasMoved)
            hasMoved = false
            unsafe curl_multi_poll(multi, nil, 0, enforceDeadlines(), nil)
        }
    }

    /// Keeps this thread from spinning.
    ///
    /// libcurl before 8.2 waits for a socket to be writable although the receiver of an HTTP/2 upload lets nothing through, and
    /// so wakes at once, for as long as that lasts. Commands wait for the end of the nap, a millisecond.
    private func restAfterFutileRounds(isFutile: Bool) {
        futileRoundCount = isFutile ? futileRoundCount + 1 : 0
        if futileRoundCount > Self.maximumFutileRoundCount { usleep(1_000) }
    }

    /// Notes that a callback ran.
    func noteMovement() { hasMoved = true }

    /// Ends every transfer with `error` and frees everything.
    func stop(_ error: HTTPError) {
        failAll(error)
        unsafe curl_multi_cleanup(multi)
    }

    /// Notes that the exchange's reader has to be woken at the end of this round.
    func flushLater(_ exchange: Exchange) { unflushed.append(exchange) }

    private func perform(_ command: CurlLoop.Command) {
        switch command {
        case .start(let request, let exchange): start(request, exchange)
        case .resumeReception(let exchange): transfers[ObjectIdentifier(exchange)]?.resumeReception()
        case .resumeSending(let exchange): transfers[ObjectIdentifier(exchange)]?.resumeSending()
        case .abandon(let exchange):
            guard let transfer = transfers[ObjectIdentifier(exchange)] else { return }
            guard transfer.isWorthDraining else {
                remove(transfer)
                return
            }
            transfer.limitDraining()
            schedule(transfer)
        case .remove(let exchange):
            if let transfer = transfers[ObjectIdentifier(exchange)] { remove(transfer) }
        }
    }

    private func start(_ request: HTTPRequest, _ exchange: Exchange) {
        // Cancelled before it began; its removal may have been posted ahead of it.
        guard !exchange.hasEnded else { return }
        do {
            guard let handle = CurlHandle() else {
                throw HTTPError(.library, "libcurl has no memory for a request")
            }
            let transfer = CurlTransfer(request, exchange, handle, self)
            try transfer.configureHandle(configuration)
            let status = unsafe curl_multi_add_handle(multi, handle.pointer)
            guard status == CURLM_OK else { throw HTTPError(.library, "libcurl refuses a request: \(status.rawValue)") }
            transfers[ObjectIdentifier(exchange)] = transfer
            schedule(transfer)
        } catch {
            exchange.finish(.failure(error))
        }
    }

    /// - Returns: Whether a transfer ended.
    private func finishCompleted() -> Bool {
        var remainingCount: Int32 = 0
        var hasFinished = false
        // SAFETY: the message is libcurl's and valid until the next call; what is needed of it is copied first.
        while let message = unsafe curl_multi_info_read(multi, &remainingCount) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            let status = unsafe message.pointee.data.result
            var context: UnsafeMutablePointer<CChar>?
            unsafe shims_curl_easy_getinfo_pointer(easy, CURLINFO_PRIVATE, &context)
            guard let context = unsafe context else { continue }
            // SAFETY: set to the transfer in `configureHandle`; `transfers` keeps it until `remove`, which is on this thread.
            let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(UnsafeRawPointer(context)).takeUnretainedValue()
            let outcome = transfer.outcome(of: status)
            remove(transfer)
            transfer.exchange.finish(outcome)
            hasFinished = true
        }
        return hasFinished
    }

    /// Takes the transfer out of libcurl; from here on no callback sees it, and its handle goes with it.
    private func remove(_ transfer: CurlTransfer) {
        guard transfers.removeValue(forKey: ObjectIdentifier(transfer.exchange)) != nil else { return }
        unsafe curl_multi_remove_handle(multi, transfer.handle.pointer)
    }

    private func failAll(_ error: HTTPError) {
        for transfer in Array(transfers.values) {
            remove(transfer)
            transfer.exchange.finish(.failure(error))
        }
    }

    // MARK: Deadlines

    private func schedule(_ transfer: CurlTransfer) {
        guard let deadline = transfer.nextDeadline else { return }
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    /// Ends transfers that are out of time.
    ///
    /// - Returns: How long to sleep at most, in milliseconds.
    private func enforceDeadlines() -> Int32 {
        guard let deadline = nextDeadline else { return Int32.max }
        let now = ContinuousClock.now
        if now >= deadline {
            nextDeadline = nil
            for transfer in Array(transfers.values) {
                if let error = transfer.checkDeadlines(now) {
                    remove(transfer)
                    transfer.exchange.finish(.failure(error))
                } else {
                    schedule(transfer)
                }
            }
        }
        guard let next = nextDeadline else { return Int32.max }
        let milliseconds = now.duration(to: next) / .milliseconds(1)
        return Int32(min(max(milliseconds.rounded(.up), 1), Double(Int32.max)))
    }
}
