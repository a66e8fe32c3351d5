// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import CShims

/// One request inside libcurl: where its body stands, the head so far, its deadlines.
///
/// Never leaves the loop thread.
@safe
final class CurlTransfer {
    let request: HTTPRequest
    let exchange: Exchange
    let handle: CurlHandle
    let origin: String
    var parser: ResponseHeadParser
    /// Why a callback ended the transfer, if one did.
    var failure: (any Error)?
    var isReceptionPaused = false
    var isSendingPaused = false
    /// Where sending stands in a body of pieces: index of the piece and offset in it.
    var position = (piece: 0, offset: 0)
    /// Body bytes of the answer so far, and how many its head announced.
    var receivedByteCount = 0
    var announcedByteCount: Int?

    private var hasPublishedHead = false
    private unowned let driver: CurlDriver
    private var totalDeadline: ContinuousClock.Instant?
    private let stallTimeout: Duration?
    private var lastProgress: (byteCount: Int, instant: ContinuousClock.Instant)

    init(_ request: HTTPRequest, _ exchange: Exchange, _ handle: CurlHandle, _ driver: CurlDriver) {
        let configuration = driver.configuration
        let now = ContinuousClock.now
        self.request = request
        self.exchange = exchange
        self.handle = handle
        self.driver = driver
        origin = request.origin
        parser = ResponseHeadParser(
            maximumByteCount: configuration.maximumHeadByteCount,
            maximumHeaderCount: configuration.maximumHeaderCount,
            followsRedirects: request.maximumRedirectCount > 0
        )
        totalDeadline = request.totalTimeout.map { now + $0 }
        stallTimeout =
            switch request.stallTimeout {
            case .standard: configuration.stallTimeout
            case .never: nil
            case .after(let duration): duration
            }
        lastProgress = (0, now)
    }

    /// Has the reader woken at the end of this round.
    func flushLater() { driver.flushLater(exchange) }

    /// Notes that a callback ran.
    func noteMovement() { driver.noteMovement() }

    // MARK: Pauses

    func resumeReception() {
        guard isReceptionPaused else { return }
        isReceptionPaused = false
        applyPauses()
    }

    func resumeSending() {
        guard isSendingPaused else { return }
        isSendingPaused = false
        applyPauses()
    }

    private func applyPauses() {
        // Time in which this side held the transfer up does not count as a stall.
        lastProgress = (movedByteCount, .now)
        let receive = isReceptionPaused ? CURLPAUSE_RECV : CURLPAUSE_RECV_CONT
        let send = isSendingPaused ? CURLPAUSE_SEND : CURLPAUSE_SEND_CONT
        // May call the write callback, which may set `isReceptionPaused` again.
        unsafe curl_easy_pause(handle.pointer, receive | send)
    }

    // MARK: Deadlines

    /// When to look at this transfer's time again.
    var nextDeadline: ContinuousClock.Instant? {
        let stallCheck = stallTimeout.map { ContinuousClock.now + $0 / 4 }
        guard let totalDeadline else { return stallCheck }
        return min(stallCheck ?? totalDeadline, totalDeadline)
    }

    /// - Returns: The time-out that has passed, if one has; a stall is noticed at most a quarter of the limit late.
    func checkDeadlines(_ now: ContinuousClock.Instant) -> HTTPError? {
        if let totalDeadline, now >= totalDeadline {
            let limit = request.totalTimeout ?? .zero
            return HTTPError(.totalTimeout, "the request to \(origin) took longer than \(limit.secondsText)")
        }
        guard let stallTimeout else { return nil }
        let byteCount = movedByteCount
        // Connecting has its own limit. A pause is this side's doing.
        if byteCount != lastProgress.byteCount || isReceptionPaused || isSendingPaused || !isConnected {
            lastProgress = (byteCount, now)
            return nil
        }
        guard lastProgress.instant.duration(to: now) >= stallTimeout else { return nil }
        let problem = "no data moved to or from \(origin) for \(stallTimeout.secondsText)"
        return HTTPError(.stallTimeout, "\(problem); check the network and the server's load")
    }

    private var isConnected: Bool { handle.offsetInfo(CURLINFO_PRETRANSFER_TIME_T) > 0 }

    private var movedByteCount: Int {
        handle.offsetInfo(CURLINFO_SIZE_UPLOAD_T) + handle.info(CURLINFO_HEADER_SIZE) + receivedByteCount
    }

    // MARK: End

    /// Whether reading a rest nobody wants is cheaper than a new connection: little, soon, and nothing left to send.
    var isWorthDraining: Bool {
        guard let announcedByteCount, !isReceptionPaused, announcedByteCount - receivedByteCount <= 64 << 10 else {
            return false
        }
        return switch request.body {
        case .none: true
        case .pieces(let pieces): position.piece == pieces.count
        case .stream: false
        }
    }

    /// Bounds the time spent on a rest nobody wants.
    func limitDraining() {
        let deadline = ContinuousClock.now + .seconds(5)
        totalDeadline = min(totalDeadline ?? deadline, deadline)
    }

    /// What libcurl's verdict means for the exchange.
    func outcome(of status: CURLcode) -> Result<Void, any Error> {
        if let failure { return .failure(failure) }
        guard status == CURLE_OK else { return .failure(CurlFailure(status, handle, request).error) }
        if let head = parser.takeHeldBackHead() { publish(head) }
        // libcurl takes a head cut short for a whole one.
        guard hasPublishedHead else {
            return .failure(HTTPError(.interrupted, "the connection to \(origin) ended in the answer's headers"))
        }
        return .success(())
    }

    /// Hands the final head over.
    func publish(_ head: HTTPResponseHead) {
        let hasNoBody = request.method == "HEAD" || head.status == 204 || head.status == 304
        announcedByteCount = hasNoBody ? 0 : head.contentLength
        exchange.receive(head, announcedByteCount: announcedByteCount)
        hasPublishedHead = true
        flushLater()
    }
}
