// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Pieces of a streamed request body on their way to the loop thread: at most one window of bytes, and one piece at least.
///
/// One task adds and one thread takes; the thread never waits.
final class UploadMailbox: Sendable {
    /// What a read gave.
    enum Reading: Equatable {
        case bytes(Int)
        /// Nothing there yet; the loop is told when that changes.
        case paused
        case end
        /// The source failed or stopped early.
        case failed
    }

    fileprivate struct State {
        var pieces: [[UInt8]] = []
        /// Where reading stands: pieces before it are sent.
        var position = (piece: 0, offset: 0)
        var byteCount = 0
        var isFinished = false
        var isClosed = false
        var isPaused = false
        var writer: CheckedContinuation<Void, Never>?
    }

    let windowByteCount: Int
    private let state = Mutex(State())

    init(windowByteCount: Int) {
        self.windowByteCount = windowByteCount
    }

    // MARK: Loop thread

    /// Copies pending bytes into `buffer`.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        var writer: CheckedContinuation<Void, Never>?
        let reading = state.withLock { state -> Reading in
            guard !state.isClosed else { return .failed }
            guard state.position.piece < state.pieces.count else {
                if state.isFinished { return .end }
                state.isPaused = true
                return .paused
            }
            let offset = state.position.offset
            let piece = state.pieces[state.position.piece]
            let count = min(buffer.count, piece.count - offset)
            // SAFETY: `count` fits both; `buffer` is libcurl's and outlives the callback we are in; the array is not `buffer`.
            unsafe piece.withUnsafeBytes { source in
                unsafe buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[offset..<(offset + count)])
                )
            }
            state.advance(by: count)
            if state.byteCount <= windowByteCount / 2 { writer = state.writer.take() }
            return .bytes(count)
        }
        writer?.resume()
        return reading
    }

    /// Ends the mailbox from either side: what is pending is dropped, the source is no longer asked.
    func close() {
        let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            state.pieces = []
            state.position = (0, 0)
            return state.writer.take()
        }
        writer?.resume()
    }

    // MARK: Task

    /// Runs the source dry; returns early once the mailbox is closed.
    ///
    /// - Parameter resume: Tells the loop that a paused upload can go on.
    /// - Throws: What the source throws; ``HTTPError`` if its length is not the one announced.
    func fill(from stream: HTTPRequestStream, resume: () -> Void) async throws {
        var remaining = stream.byteCount
        while await waitForRoom() {
            guard let piece = try await stream.nextPiece() else {
                guard remaining ?? 0 == 0 else { throw Self.lengthMismatch }
                if state.withLock({ $0.finish() }) { resume() }
                return
            }
            if piece.isEmpty { continue }
            if let before = remaining {
                guard piece.count <= before else { throw Self.lengthMismatch }
                remaining = before - piece.count
            }
            if state.withLock({ $0.add(piece) }) { resume() }
        }
    }

    private static var lengthMismatch: HTTPError {
        HTTPError(.invalidRequest, "the source of a request body gave another number of bytes than announced")
    }

    /// - Returns: Whether the mailbox still wants bytes.
    private func waitForRoom() async -> Bool {
        while true {
            let answer = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                return state.byteCount < windowByteCount ? true : nil
            }
            if let answer { return answer }
            await withCheckedContinuation { continuation in
                let replaced = state.withLock { state -> CheckedContinuation<Void, Never>? in
                    guard !state.isClosed, state.byteCount >= windowByteCount else { return continuation }
                    let other = state.writer.take()
                    state.writer = continuation
                    return other
                }
                replaced?.resume()
            }
        }
    }
}

extension UploadMailbox.State {
    /// Counts bytes as sent and lets go of pieces that are.
    fileprivate mutating func advance(by count: Int) {
        byteCount -= count
        position.offset += count
        guard position.offset == pieces[position.piece].count else { return }
        pieces[position.piece] = []
        position = (position.piece + 1, 0)
        guard position.piece == pieces.count || position.piece >= 1024 else { return }
        pieces.removeFirst(position.piece)
        position.piece = 0
    }

    /// - Returns: Whether the loop must be told.
    fileprivate mutating func add(_ piece: [UInt8]) -> Bool {
        guard !isClosed else { return false }
        pieces.append(piece)
        byteCount += piece.count
        defer { isPaused = false }
        return isPaused
    }

    /// - Returns: Whether the loop must be told.
    fileprivate mutating func finish() -> Bool {
        isFinished = true
        defer { isPaused = false }
        return isPaused
    }
}
