// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Testing

@testable import NodeAgent

@Suite struct MovePlanTests {
    @Test(arguments: [1, 2, 3, 4, 8, 16, 64])
    func `all moves together stay within the memory`(slotCount: Int) {
        let memory = 160 << 20
        let share = MoveShare(slotCount: slotCount, workerCount: 2, memoryByteCount: memory)
        #expect(min(slotCount, share.concurrency) * share.plan.byteCount <= memory)
        #expect(share.concurrency >= min(slotCount, 5))
    }

    @Test func `one move alone has packs of the usual size and several uploads`() {
        let plan = MovePlan(shareByteCount: 160 << 20, workerCount: 2)
        #expect(plan.packByteCount == 16 << 20)
        #expect(plan.uploadCount == 4)
        #expect(plan.workerCount == 2)
    }

    @Test func `even in little memory one move goes on`() {
        let share = MoveShare(slotCount: 4, workerCount: 8, memoryByteCount: 1 << 20)
        #expect(share.concurrency == 1)
        #expect(share.plan.workerCount == 1)
    }
}
