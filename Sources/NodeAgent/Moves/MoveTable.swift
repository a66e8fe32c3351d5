// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Synchronization

/// The moves of this process: shared by whoever starts, stops and ends them.
final class MoveTable: Sendable {
    private struct State: Sendable {
        var slots: MoveTableState<WorkKey>
        var stops: [WorkKey: StopSignal] = [:]
    }

    private let state: Mutex<State>

    init(slotCount: Int) {
        state = Mutex(State(slots: MoveTableState(slotCount: slotCount)))
    }

    var hasFreeSlot: Bool { state.withLock { $0.slots.hasFreeSlot } }
    var runningKeys: [WorkKey] { state.withLock { $0.slots.runningKeys } }
    var waitingKeys: [WorkKey] { state.withLock { $0.slots.waitingKeys } }

    func runningUID(_ key: WorkKey) -> String? { state.withLock { $0.slots.runningUID(key) } }
    func hasEnded(_ key: WorkKey, uid: String) -> Bool { state.withLock { $0.slots.hasEnded(key, uid: uid) } }
    func wait(_ key: WorkKey) { state.withLock { $0.slots.wait(key) } }
    func forget(_ key: WorkKey) { state.withLock { $0.slots.forget(key) } }
    func wake() -> [WorkKey] { state.withLock { $0.slots.wake() } }

    /// Takes a slot and gives what will stop the move; nil if there is none.
    func take(_ key: WorkKey, uid: String) -> StopSignal? {
        state.withLock { state in
            guard state.slots.take(key, uid: uid) else { return nil }
            let stop = StopSignal()
            state.stops[key] = stop
            return stop
        }
    }

    /// Asks the move to stop; it does so soon, or is about to end anyway.
    ///
    /// - Returns: Whether it had not been asked yet.
    @discardableResult
    func stop(_ key: WorkKey) -> Bool { state.withLock { $0.stops[key] }?.send() ?? false }

    /// Whether every slot is taken by a volume that does not answer.
    var isStuck: Bool { state.withLock { $0.slots.isStuck } }

    /// The move is over but for a call that does not return: its slot stays taken.
    func leaveStuck(_ key: WorkKey, wroteEnd: Bool) {
        state.withLock { state in
            state.slots.leaveStuck(key, wroteEnd: wroteEnd)
            state.stops[key] = nil
        }
    }

    /// A call returned after all.
    func endStuck() { state.withLock { $0.slots.endStuck() } }

    /// Gives the slot back.
    func end(_ key: WorkKey, wroteEnd: Bool) {
        state.withLock { state in
            state.slots.end(key, wroteEnd: wroteEnd)
            state.stops[key] = nil
        }
    }
}

/// Tells one move to stop.
final class StopSignal: Sendable {
    private let isSent = LatestValue(false)

    /// - Returns: Whether it was not sent before.
    @discardableResult
    func send() -> Bool {
        var isNew = false
        isSent.update { isSent in
            isNew = !isSent
            isSent = true
        }
        return isNew
    }

    /// Waits until the move is to stop.
    func wait() async throws {
        while !isSent.value { _ = try await isSent.next(after: 0) }
    }
}
