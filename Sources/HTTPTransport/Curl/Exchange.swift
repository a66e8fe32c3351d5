// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Where the loop thread and the task that sent a request meet: head, unread bytes and outcome of one answer, in bounded memory.
///
/// The loop thread only appends; one task only takes. Neither ever waits for the other while holding the lock.
final class Exchange: Sendable {
    /// What becomes of the body.
    enum BodyUse: Sendable, Equatable {
        /// Handed over piece by piece; reception pauses once this many bytes are unread.
        case streamed(windowByteCount: Int)
        /// Gathered in one array of at most so many bytes, handed over at the end.
        case collected(maximumByteCount: Int)
    }

    /// Whether bytes were taken.
    enum Reception: Equatable {
        case taken
        /// The window is full; the loop is told when that changes.
        case paused
        /// Nobody reads any more.
        case unwanted
    }

    private struct State {
        var head: HTTPResponseHead?
        var unread: [UInt8] = []
        var lastTakenByteCount = 0
        var isPaused = false
        var isAbandoned = false
        var outcome: Result<Void, any Error>?
        var reader: CheckedContinuation<Void, Never>?
    }

    /// A reader is woken in mid-round once so much is unread, so that both sides work at the same time.
    static let wakeByteCount = 128 << 10

    let bodyUse: BodyUse
    /// The mailbox of a streamed request body.
    let upload: UploadMailbox?
    private let buffers: RecycledBuffers
    private let state = Mutex(State())

    init(bodyUse: BodyUse, upload: UploadMailbox?, buffers: RecycledBuffers) {
        self.bodyUse = bodyUse
        self.buffers = buffers
        self.upload = upload
    }

    // MARK: Loop thread

    /// Stores the final head; the reader is woken by ``flush()``.
    ///
    /// - Parameter announcedByteCount: Length of the body that follows, if the server names it.
    func receive(_ head: HTTPResponseHead, announcedByteCount: Int?) {
        state.withLock { state in
            state.head = head
            // A promise of the server, so bounded by the caller's limit; pages nobody writes to cost nothing.
            if case .collected(let maximumByteCount) = bodyUse, let byteCount = announcedByteCount {
                state.unread = buffers.take(min(byteCount, maximumByteCount))
            }
        }
    }

    /// Copies body bytes, unless the window is full or the reader gone.
    func receive(_ bytes: UnsafeRawBufferPointer, origin: String) throws(HTTPError) -> Reception {
        var reader: CheckedContinuation<Void, Never>?
        let reception = state.withLock { state -> Reception? in
            guard !state.isAbandoned, state.outcome == nil else { return .unwanted }
            switch bodyUse {
            case .collected(let maximumByteCount):
                guard bytes.count <= maximumByteCount - state.unread.count else { return nil }
            case .streamed(let windowByteCount):
                guard state.unread.count < windowByteCount else {
                    state.isPaused = true
                    reader = state.reader.take()
                    return .paused
                }
                if state.unread.isEmpty {
                    let expected = min(2 * state.lastTakenByteCount, windowByteCount)
                    state.unread.reserveCapacity(max(expected, bytes.count))
                }
            }
            // SAFETY: `bytes` is libcurl's buffer, valid for the callback we are in; it is copied before this returns.
            unsafe state.unread.append(contentsOf: bytes)
            if case .streamed = bodyUse, state.unread.count >= Self.wakeByteCount { reader = state.reader.take() }
            return .taken
        }
        reader?.resume()
        guard let reception else {
            if case .collected(let maximumByteCount) = bodyUse {
                throw .bodyTooLarge(maximumByteCount: maximumByteCount, origin: origin)
            }
            return .unwanted
        }
        return reception
    }

    /// Wakes the reader if there is something for it.
    func flush() {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let hasNews: Bool
            switch bodyUse {
            case .collected: hasNews = state.outcome != nil
            case .streamed: hasNews = state.outcome != nil || state.head != nil
            }
            return hasNews ? state.reader.take() : nil
        }
        reader?.resume()
    }

    // MARK: Either side

    /// Whether an outcome is there.
    var hasEnded: Bool { state.withLock { $0.outcome != nil } }

    /// Ends the exchange, first outcome wins, and wakes whoever waits on it.
    func finish(_ outcome: Result<Void, any Error>) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.outcome == nil { state.outcome = outcome }
            return state.reader.take()
        }
        reader?.resume()
        upload?.close()
    }

    // MARK: Task

    /// Says that nobody reads any more.
    ///
    /// - Returns: Whether the loop must be told.
    func abandon() -> Bool {
        upload?.close()
        return state.withLock { state in
            state.isAbandoned = true
            return state.outcome == nil
        }
    }

    /// Waits for the final head.
    func head() async throws -> HTTPResponseHead {
        while true {
            let head = try state.withLock { state -> HTTPResponseHead? in
                if let head = state.head { return head }
                try state.outcome?.get()
                return nil
            }
            if let head { return head }
            await waitForNews { $0.head != nil }
        }
    }

    /// Waits for unread bytes and takes them all; nil at the end.
    ///
    /// - Returns: The bytes, and whether the loop must be told to go on receiving.
    func nextPiece() async throws -> (piece: [UInt8]?, resumes: Bool) {
        while true {
            let taken = try state.withLock { state -> (piece: [UInt8]?, resumes: Bool)? in
                if state.isAbandoned {
                    throw HTTPError(.closed, "an answer's body was read after its handler returned")
                }
                if case .failure(let error) = state.outcome, state.unread.isEmpty || error is CancellationError {
                    throw error
                }
                if !state.unread.isEmpty {
                    var piece: [UInt8] = []
                    swap(&piece, &state.unread)
                    state.lastTakenByteCount = piece.count
                    let resumes = state.isPaused
                    state.isPaused = false
                    return (piece, resumes)
                }
                return state.outcome == nil ? nil : (nil, false)
            }
            if let taken { return taken }
            await waitForNews { !$0.unread.isEmpty }
        }
    }

    /// Waits for the end and takes head and collected body.
    func collected() async throws -> (head: HTTPResponseHead, bytes: [UInt8]) {
        while true {
            let answer = try state.withLock { state -> (head: HTTPResponseHead, bytes: [UInt8])? in
                guard let outcome = state.outcome else { return nil }
                try outcome.get()
                guard let head = state.head else { throw HTTPError(.library, "an exchange ended without a head") }
                var bytes: [UInt8] = []
                swap(&bytes, &state.unread)
                return (head, bytes)
            }
            if let answer { return answer }
            await waitForNews { _ in false }
        }
    }

    /// Suspends until the loop has news, unless `isReady` or an outcome is there already.
    private func waitForNews(_ isReady: (borrowing State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let replaced = state.withLock { state -> CheckedContinuation<Void, Never>? in
                if state.outcome != nil || state.isAbandoned || isReady(state) { return continuation }
                // One task reads; should a second one come, both look again in turn.
                let other = state.reader.take()
                state.reader = continuation
                return other
            }
            replaced?.resume()
        }
    }
}

extension HTTPResponseHead {
    /// The length the server announces, if it is a number.
    var contentLength: Int? { header("content-length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}
