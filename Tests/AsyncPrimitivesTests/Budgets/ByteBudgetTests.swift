// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import TestSupport
import Testing

@Suite("ByteBudget and AsyncSemaphore", .timeLimit(.minutes(1)))
struct ByteBudgetTests {
    @Test("never admits more than the limit at once")
    func limit() async throws {
        let budget = ByteBudget(byteCount: 100)
        let used = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let weight = 1 + index % 60
                    try await budget.withBytes(weight) {
                        let now = used.change { used in
                            used += weight
                            return used
                        }
                        #expect(now <= 100)
                        await Task.yield()
                        used.change { $0 -= weight }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(budget.usedByteCount == 0)
    }

    @Test("a request larger than the budget is admitted alone")
    func oversized() async throws {
        let budget = ByteBudget(byteCount: 10)
        try await budget.acquire(25)
        #expect(budget.usedByteCount == 25)
        #expect(!budget.tryAcquire(1))
        budget.release(25)
        #expect(budget.tryAcquire(1))
        #expect(!budget.tryAcquire(25))
        budget.release(1)
    }

    @Test("requests are admitted in the order they came, the large ones not overtaken by small ones")
    func firstComeFirstServed() async throws {
        try await QuiescentExecutor.with { executor in
            let budget = ByteBudget(byteCount: 10)
            try await budget.acquire(6)
            let order = Shared<[Int]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, weight) in [8, 1, 10, 2, 3].enumerated() {
                    group.addTask(executorPreference: executor) {
                        try await budget.acquire(weight)
                        order.change { $0.append(index) }
                    }
                    await executor.quiescence()
                }
                #expect(order.value == [], "1 byte would fit, but the 8 bytes came first")
                #expect(!budget.tryAcquire(1))
                budget.release(6)
                await executor.quiescence()
                #expect(order.value == [0, 1])
                budget.release(9)
                await executor.quiescence()
                #expect(order.value == [0, 1, 2])
                budget.release(10)
                try await group.waitForAll()
                #expect(order.value == [0, 1, 2, 3, 4])
            }
            #expect(budget.usedByteCount == 5)
        }
    }

    @Test("when a waiting request gives up, those behind it that fit are admitted")
    func giveUp() async throws {
        try await QuiescentExecutor.with { executor in
            let budget = ByteBudget(byteCount: 10)
            try await budget.acquire(5)
            try await withThrowingTaskGroup(of: Void.self) { outer in
                await withThrowingTaskGroup(of: Void.self) { large in
                    large.addTask(executorPreference: executor) { try await budget.acquire(9) }
                    await executor.quiescence()
                    outer.addTask(executorPreference: executor) { try await budget.acquire(4) }
                    await executor.quiescence()
                    #expect(budget.usedByteCount == 5)
                    large.cancelAll()
                    await #expect(throws: CancellationError.self) { try await large.next() }
                }
                try await outer.waitForAll()
            }
            #expect(budget.usedByteCount == 9)
        }
    }

    @Test("a cancelled request holds nothing and lets those behind it in")
    func cancellation() async throws {
        let budget = ByteBudget(byteCount: 10)
        try await budget.acquire(5)
        for _ in 0..<100 {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await budget.acquire(8) }
                }
                group.cancelAll()
            }
            #expect(budget.usedByteCount == 5)
            #expect(budget.tryAcquire(5))
            budget.release(5)
        }
        budget.release(5)
        #expect(budget.usedByteCount == 0)
    }

    @Test("a limit can be raised and lowered while tasks wait")
    func changedLimit() async throws {
        let semaphore = AsyncSemaphore(limit: 4)
        for _ in 0..<4 { try await semaphore.wait() }
        semaphore.limit = 2
        semaphore.signal()
        semaphore.signal()
        try await QuiescentExecutor.with { executor in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: executor) { try await semaphore.wait() }
                await executor.quiescence()
                #expect(semaphore.usedCount == 2)
                #expect(semaphore.waiterCount == 1)
                semaphore.limit = 3
                try await group.waitForAll()
            }
        }
        #expect(semaphore.usedCount == 3)
    }
}
