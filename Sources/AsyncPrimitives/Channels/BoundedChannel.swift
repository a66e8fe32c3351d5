// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A queue between tasks that holds at most `capacity` elements: senders wait while it is full, receivers while it is empty.
///
/// Any number of tasks may send and receive; waiting tasks are served in the order they came. Cancelling a waiting task makes
/// its call throw `CancellationError` and leaves the channel usable: an element whose `send` was cancelled is never received.
package final class BoundedChannel<Element: Sendable>: Sendable {
    private let state: Mutex<BoundedChannelState<Element>>

    /// - Parameter capacity: Elements held before senders wait; at least 1.
    package init(capacity: Int) {
        precondition(capacity > 0, "a channel holds at least one element")
        state = Mutex(BoundedChannelState(capacity: capacity))
    }

    /// Hands `element` to the receivers, waiting while the channel is full.
    ///
    /// - Throws: ``ChannelClosed`` after ``finish()``, the error given to ``fail(_:)``, or `CancellationError`.
    package func send(_ element: Element) async throws {
        try Task.checkCancellation()
        if try trySend(element) { return }
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state in
                    Task.isCancelled ? .failed(CancellationError()) : state.send(element, waiter: (id, continuation))
                }
                perform(outcome, for: continuation)
            }
        } onCancel: {
            state.withLock { $0.removeSender(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Hands over `element` if that is possible without waiting.
    ///
    /// - Returns: False when the channel is full.
    /// - Throws: ``ChannelClosed`` after ``finish()`` or the error given to ``fail(_:)``.
    package func trySend(_ element: Element) throws -> Bool {
        switch state.withLock({ $0.send(element, waiter: nil) }) {
        case .wait: return false
        case .accepted(let receiver, let element):
            receiver?.resume(returning: element)
            return true
        case .failed(let error): throw error
        }
    }

    /// Takes the oldest element, waiting while there is none; nil once the channel is finished and drained.
    ///
    /// - Throws: The error given to ``fail(_:)``, or `CancellationError`.
    package func receive() async throws -> Element? {
        try Task.checkCancellation()
        switch state.withLock({ $0.receive(waiter: nil) }) {
        case .element(let element, let sender):
            sender?.resume()
            return element
        case .end: return nil
        case .failed(let error): throw error
        case .wait: break
        }
        let id = state.withLock { $0.makeID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Element?, any Error>) in
                let outcome = state.withLock { state in
                    Task.isCancelled ? .failed(CancellationError()) : state.receive(waiter: (id, continuation))
                }
                perform(outcome, for: continuation)
            }
        } onCancel: {
            state.withLock { $0.removeReceiver(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Ends the channel: what was sent can still be received, then ``receive()`` returns nil.
    package func finish() {
        for receiver in state.withLock({ $0.finish() }) { receiver.resume(returning: nil) }
    }

    /// Ends the channel at once: elements not yet received are dropped and every call, waiting or later, throws `error`.
    ///
    /// The first ``finish()`` or ``fail(_:)`` of a drained channel wins; failing a channel that still holds elements replaces a finish.
    package func fail(_ error: any Error) {
        let (senders, receivers) = state.withLock { $0.fail(error) }
        for sender in senders { sender.resume(throwing: error) }
        for receiver in receivers { receiver.resume(throwing: error) }
    }

    /// Number of elements held at this moment.
    package var count: Int { state.withLock { $0.bufferedCount } }

    private func perform(
        _ outcome: BoundedChannelState<Element>.SendOutcome,
        for continuation: CheckedContinuation<Void, any Error>
    ) {
        switch outcome {
        case .wait: break
        case .accepted(let receiver, let element):
            receiver?.resume(returning: element)
            continuation.resume()
        case .failed(let error): continuation.resume(throwing: error)
        }
    }

    private func perform(
        _ outcome: BoundedChannelState<Element>.ReceiveOutcome,
        for continuation: CheckedContinuation<Element?, any Error>
    ) {
        switch outcome {
        case .wait: break
        case .element(let element, let sender):
            sender?.resume()
            continuation.resume(returning: element)
        case .end: continuation.resume(returning: nil)
        case .failed(let error): continuation.resume(throwing: error)
        }
    }
}

extension BoundedChannel: AsyncSequence {
    /// Receives until the channel ends.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let channel: BoundedChannel

        package mutating func next() async throws -> Element? { try await channel.receive() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(channel: self) }
}

/// An element was sent to a channel that had been finished.
package struct ChannelClosed: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "the channel was finished before this element was sent" }
}
