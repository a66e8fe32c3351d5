// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("AdaptiveLimit and AdaptiveConcurrencyStorage", .timeLimit(.minutes(1)))
struct AdaptiveConcurrencyTests {
    @Test("each burst of throttling halves the limit once, down to the minimum")
    func decrease() {
        var limit = AdaptiveLimit(maximum: 20)
        var seen: [Int] = []
        for _ in 0..<6 {
            let epoch = limit.epoch
            for _ in 0..<5 { limit.throttled(begunIn: epoch) }
            seen.append(limit.current)
        }
        #expect(seen == [10, 5, 2, 1, 1, 1])
    }

    @Test("a limit's worth of successes raises it by one, up to the maximum")
    func increase() {
        var limit = AdaptiveLimit(maximum: 6)
        limit.throttled(begunIn: limit.epoch)
        limit.throttled(begunIn: limit.epoch)
        #expect(limit.current == 1)
        var successes = 0
        var counts: [Int] = []
        while limit.current < 6 {
            let before = limit.current
            limit.succeeded()
            successes += 1
            if limit.current != before { counts.append(successes) }
        }
        #expect(counts == [1, 3, 6, 10, 15])
        limit.succeeded()
        #expect(limit.current == 6)
    }

    @Test("keeps every promise of a store", arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        let storage = AdaptiveConcurrencyStorage(MemoryStorage(), maximum: 3)
        try await ObjectStorageConformance(storage, manyCount: 1100, largeByteCount: 3 << 20).run(check)
    }

    @Test("no more requests are in flight than allowed; locks, streams and listings pass")
    func bound() async throws {
        try await QuiescentExecutor.with { executor in
            let clock = ManualClock()
            let slow = LatencyStorage(MemoryStorage(), clock: clock) { _ in .seconds(1) }
            let storage = AdaptiveConcurrencyStorage(slow, maximum: 3)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<8 {
                    group.addTask(executorPreference: executor) {
                        try await storage.put("data/\(index)", ObjectBody([1]))
                    }
                }
                await executor.quiescence()
                #expect(clock.sleeperCount == 3)
                group.addTask(executorPreference: executor) { try await storage.put("locks/a", ObjectBody([1])) }
                group.addTask(executorPreference: executor) { try await storage.list(prefix: "") { _ in } }
                group.addTask(executorPreference: executor) { try await storage.putStream("s") { nil } }
                await executor.quiescence()
                #expect(clock.sleeperCount == 6)
                for _ in 0..<3 {
                    clock.advance(by: .seconds(1))
                    await executor.quiescence()
                    #expect(clock.sleeperCount <= 3)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("throttling narrows the bound for those that wait, success widens it again")
    func adapts() async throws {
        let changes = Shared<[Int]>([])
        let faulty = FaultyStorage(MemoryStorage(), [.init(.fail(StorageError(.throttled, "slow down")), hits: 2)])
        let storage = AdaptiveConcurrencyStorage(
            faulty,
            maximum: 8,
            onChange: { new in changes.change { $0.append(new) } }
        )
        for _ in 0..<2 { await #expect(throws: StorageError.self) { try await storage.put("a", ObjectBody([1])) } }
        #expect(storage.currentLimit == 2)
        for _ in 0..<60 { try await storage.put("a", ObjectBody([1])) }
        #expect(storage.currentLimit == 8)
        #expect(changes.value == [4, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("other failures leave the bound alone")
    func otherFailures() async throws {
        let storage = AdaptiveConcurrencyStorage(
            FaultyStorage(MemoryStorage(), [.init(.fail(.noContainer("x")))]),
            maximum: 8
        )
        await #expect(throws: StorageError.self) { try await storage.put("a", ObjectBody([1])) }
        #expect(storage.currentLimit == 8)
    }
}
