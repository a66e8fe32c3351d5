// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives

/// Which volumes are being moved, which wait for a slot, and which are done though the watch does not say so yet; decides only.
struct MoveTableState<Key: Hashable & Sendable>: Sendable {
    /// Volumes moved at once.
    let slotCount: Int

    private var running: [Key: String] = [:]
    /// Slots of moves that are over but for a call on their volume that does not return.
    private var stuckCount = 0
    /// Uid of the resource whose end was written; what the store still shows of it is old.
    private var ended: [Key: String] = [:]
    private var waiting = FIFOQueue<Key>()
    private var isWaiting: Set<Key> = []

    init(slotCount: Int) {
        self.slotCount = slotCount
    }

    var runningKeys: [Key] { Array(running.keys) }
    var waitingKeys: [Key] { Array(isWaiting) }
    var hasFreeSlot: Bool { freeCount > 0 }
    var isStuck: Bool { stuckCount >= slotCount }

    private var freeCount: Int { slotCount - running.count - stuckCount }

    /// The uid of the resource that is being moved under this key.
    func runningUID(_ key: Key) -> String? { running[key] }

    /// Takes a slot; false if there is none or the key has one.
    mutating func take(_ key: Key, uid: String) -> Bool {
        guard hasFreeSlot, running[key] == nil else { return false }
        running[key] = uid
        _ = leaveLine(key)
        return true
    }

    /// Stands in line for a slot.
    mutating func wait(_ key: Key) {
        guard isWaiting.insert(key).inserted else { return }
        waiting.append(key)
    }

    /// Gives the slot back.
    ///
    /// - Parameter wroteEnd: Whether the resource's status tells the end now.
    mutating func end(_ key: Key, wroteEnd: Bool) {
        let uid = running.removeValue(forKey: key)
        if wroteEnd { ended[key] = uid }
    }

    /// The move is over but for a call that does not return: threads and memory of it are still in use, so its slot stays taken.
    mutating func leaveStuck(_ key: Key, wroteEnd: Bool) {
        end(key, wroteEnd: wroteEnd)
        stuckCount += 1
    }

    /// A call returned after all.
    mutating func endStuck() { stuckCount -= 1 }

    /// Whether the end of this resource was written already.
    func hasEnded(_ key: Key, uid: String) -> Bool { ended[key] == uid }

    /// The resource is gone or known to have ended: nothing is remembered of it.
    mutating func forget(_ key: Key) {
        ended[key] = nil
        _ = leaveLine(key)
    }

    /// Keys that may try to take a slot now, in the order they came; they are no longer in line.
    mutating func wake() -> [Key] {
        var keys: [Key] = []
        while keys.count < freeCount, let key = waiting.popFirst() {
            isWaiting.remove(key)
            keys.append(key)
        }
        return keys
    }

    private mutating func leaveLine(_ key: Key) -> Bool {
        guard isWaiting.remove(key) != nil else { return false }
        return waiting.removeFirst { $0 == key } != nil
    }
}
