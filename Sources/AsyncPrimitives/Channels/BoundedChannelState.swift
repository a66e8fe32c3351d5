// SPDX-License-Identifier: Apache-2.0

/// What a ``BoundedChannel`` decides under its lock; continuations leave it to be resumed outside.
struct BoundedChannelState<Element: Sendable>: Sendable {
    typealias SendContinuation = CheckedContinuation<Void, any Error>
    typealias ReceiveContinuation = CheckedContinuation<Element?, any Error>

    enum SendOutcome {
        /// The sender was queued, or must be if it brought no continuation.
        case wait
        /// The element is in, or goes straight to `receiver`.
        case accepted(receiver: ReceiveContinuation?, element: Element)
        case failed(any Error)
    }

    enum ReceiveOutcome {
        case wait
        /// An element, and the sender whose own element took the free place.
        case element(Element, sender: SendContinuation?)
        case end
        case failed(any Error)
    }

    private enum End {
        case finished
        case failed(any Error)
    }

    private let capacity: Int
    private var buffer = FIFOQueue<Element>()
    private var senders = FIFOQueue<(id: Int, element: Element, continuation: SendContinuation)>()
    private var receivers = FIFOQueue<(id: Int, continuation: ReceiveContinuation)>()
    private var end: End?
    private var lastID = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var bufferedCount: Int { buffer.count }

    mutating func makeID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func send(_ element: Element, waiter: (id: Int, continuation: SendContinuation)?) -> SendOutcome {
        switch end {
        case .finished: return .failed(ChannelClosed())
        case .failed(let error): return .failed(error)
        case nil: break
        }
        if let receiver = receivers.popFirst() {
            return .accepted(receiver: receiver.continuation, element: element)
        }
        if buffer.count < capacity {
            buffer.append(element)
            return .accepted(receiver: nil, element: element)
        }
        if let waiter { senders.append((waiter.id, element, waiter.continuation)) }
        return .wait
    }

    mutating func receive(waiter: (id: Int, continuation: ReceiveContinuation)?) -> ReceiveOutcome {
        if case .failed(let error) = end { return .failed(error) }
        if let element = buffer.popFirst() {
            let sender = senders.popFirst()
            if let sender { buffer.append(sender.element) }
            return .element(element, sender: sender?.continuation)
        }
        if end != nil { return .end }
        if let waiter { receivers.append(waiter) }
        return .wait
    }

    mutating func removeSender(_ id: Int) -> SendContinuation? {
        senders.removeFirst { $0.id == id }?.continuation
    }

    mutating func removeReceiver(_ id: Int) -> ReceiveContinuation? {
        receivers.removeFirst { $0.id == id }?.continuation
    }

    mutating func finish() -> [ReceiveContinuation] {
        guard end == nil else { return [] }
        end = .finished
        defer { receivers.removeAll() }
        return receivers.elements.map(\.continuation)
    }

    mutating func fail(_ error: any Error) -> ([SendContinuation], [ReceiveContinuation]) {
        if case .failed = end { return ([], []) }
        if end != nil, buffer.isEmpty { return ([], []) }
        end = .failed(error)
        defer {
            buffer.removeAll()
            senders.removeAll()
            receivers.removeAll()
        }
        return (senders.elements.map(\.continuation), receivers.elements.map(\.continuation))
    }
}
