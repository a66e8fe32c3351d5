// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NodeAgent

@Suite struct MoveTableStateTests {
    @Test func `no more move than there are slots, and those in line come in their order`() {
        var table = MoveTableState<String>(slotCount: 2)
        let answer1 = table.take("a", uid: "1")
        #expect(answer1)
        let answer2 = table.take("b", uid: "2")
        #expect(answer2)
        let answer3 = table.take("c", uid: "3")
        #expect(!answer3)
        for key in ["c", "d", "c", "e"] { table.wait(key) }
        let answer4 = table.wake()
        #expect(answer4.isEmpty)
        table.end("a", wroteEnd: true)
        let answer5 = table.wake()
        #expect(answer5 == ["c"])
        // One that was woken and does not come leaves the slot to the next.
        let answer6 = table.wake()
        #expect(answer6 == ["d"])
        let answer7 = table.take("d", uid: "4")
        #expect(answer7)
        let answer8 = table.wake()
        #expect(answer8.isEmpty)
        #expect(table.waitingKeys == ["e"])
    }

    @Test func `what is stuck keeps its slot, though its key is free`() {
        var table = MoveTableState<String>(slotCount: 2)
        for key in ["a", "b"] { _ = table.take(key, uid: "1") }
        table.wait("c")
        table.leaveStuck("a", wroteEnd: true)
        #expect(table.runningUID("a") == nil && table.hasEnded("a", uid: "1"))
        #expect(!table.hasFreeSlot && !table.isStuck)
        let none = table.wake()
        #expect(none.isEmpty)
        table.leaveStuck("b", wroteEnd: false)
        #expect(table.isStuck && !table.hasFreeSlot)
        table.endStuck()
        #expect(table.hasFreeSlot && !table.isStuck)
        let next = table.wake()
        #expect(next == ["c"])
    }

    @Test func `a key moves once at a time`() {
        var table = MoveTableState<String>(slotCount: 2)
        let answer9 = table.take("a", uid: "1")
        #expect(answer9)
        let answer10 = table.take("a", uid: "2")
        #expect(!answer10)
        #expect(table.runningUID("a") == "1")
    }

    @Test func `who takes a slot is no longer in line`() {
        var table = MoveTableState<String>(slotCount: 1)
        table.wait("a")
        let answer11 = table.take("a", uid: "1")
        #expect(answer11)
        table.end("a", wroteEnd: false)
        let answer12 = table.wake()
        #expect(answer12.isEmpty)
    }

    @Test func `an end that was written is remembered for that resource until it is known`() {
        var table = MoveTableState<String>(slotCount: 1)
        _ = table.take("a", uid: "1")
        table.end("a", wroteEnd: true)
        #expect(table.hasEnded("a", uid: "1"))
        #expect(!table.hasEnded("a", uid: "2"))
        table.forget("a")
        #expect(!table.hasEnded("a", uid: "1"))
        _ = table.take("a", uid: "1")
        table.end("a", wroteEnd: false)
        #expect(!table.hasEnded("a", uid: "1"))
    }
}
