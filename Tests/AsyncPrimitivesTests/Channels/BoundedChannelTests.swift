// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import TestSupport
import Testing

@Suite("BoundedChannel", .timeLimit(.minutes(1)))
struct BoundedChannelTests {
    struct Broken: Error, Equatable {}

    @Test("delivers in order and holds no more than its capacity")
    func orderAndCapacity() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        let sent = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for value in 0..<500 {
                    try await channel.send(value)
                    sent.change { $0 += 1 }
                }
                channel.finish()
            }
            var received = 0
            for try await value in channel {
                #expect(value == received)
                received += 1
                // Besides what was received: the buffer, and one element on its way to a waiting receiver.
                #expect(sent.value <= received + 4)
                #expect(channel.count <= 3)
            }
            #expect(received == 500)
            try await group.waitForAll()
        }
    }

    @Test("a full channel holds its senders back, an empty one its receivers")
    func backpressure() async throws {
        try await QuiescentExecutor.with { executor in
            let channel = BoundedChannel<Int>(capacity: 2)
            let sent = Shared<[Int]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: executor) {
                    for value in 0..<5 {
                        try await channel.send(value)
                        sent.change { $0.append(value) }
                    }
                }
                await executor.quiescence()
                #expect(sent.value == [0, 1])
                #expect(try await channel.receive() == 0)
                await executor.quiescence()
                #expect(sent.value == [0, 1, 2])
                for value in 1..<5 { #expect(try await channel.receive() == value) }
                try await group.waitForAll()
                let received = Shared<Int?>(nil)
                group.addTask(executorPreference: executor) {
                    let value = try await channel.receive()
                    received.change { $0 = value }
                }
                await executor.quiescence()
                #expect(received.value == nil)
                try await channel.send(9)
                try await group.waitForAll()
                #expect(received.value == 9)
            }
        }
    }

    @Test("senders and receivers cancelled while they wait leave the others in order")
    func cancelledWhileWaiting() async throws {
        try await QuiescentExecutor.with { executor in
            let channel = BoundedChannel<Int>(capacity: 1)
            try await channel.send(0)
            try await withThrowingTaskGroup(of: Void.self) { staying in
                try await withThrowingTaskGroup(of: Void.self) { leaving in
                    for value in 1...6 {
                        if value % 2 == 0 {
                            staying.addTask(executorPreference: executor) { try await channel.send(value) }
                        } else {
                            leaving.addTask(executorPreference: executor) {
                                await #expect(throws: CancellationError.self) { try await channel.send(value) }
                            }
                        }
                        await executor.quiescence()
                    }
                    leaving.cancelAll()
                    try await leaving.waitForAll()
                }
                for value in [0, 2, 4, 6] { #expect(try await channel.receive() == value) }
                try await staying.waitForAll()
            }
        }
    }

    @Test("trySend says no when full and goes straight to a receiver otherwise")
    func trySend() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        #expect(try channel.trySend(1))
        #expect(try !channel.trySend(2))
        #expect(try await channel.receive() == 1)
        #expect(try channel.trySend(3))
        channel.finish()
        #expect(throws: ChannelClosed.self) { try channel.trySend(4) }
        #expect(try await channel.receive() == 3)
        #expect(try await channel.receive() == nil)
    }

    @Test("what was sent before finish still arrives, whoever waited to send included")
    func finishDrains() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in 0..<4 { group.addTask { try await channel.send(value) } }
            var values: Set<Int> = []
            for _ in 0..<4 { values.insert(try #require(try await channel.receive())) }
            #expect(values == [0, 1, 2, 3])
            channel.finish()
            #expect(try await channel.receive() == nil)
            try await group.waitForAll()
        }
    }

    @Test("fail ends waiting senders and receivers with its error and drops the rest")
    func failEndsAll() async throws {
        let full = BoundedChannel<Int>(capacity: 1)
        #expect(try full.trySend(0))
        let empty = BoundedChannel<Int>(capacity: 1)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<5 {
                group.addTask { await isBroken { try await full.send(1) } }
                group.addTask { await isBroken { _ = try await empty.receive() } }
            }
            full.fail(Broken())
            empty.fail(Broken())
            for await isBroken in group { #expect(isBroken) }
        }
        #expect(await isBroken { _ = try await full.receive() })
        #expect(full.count == 0)

        @Sendable func isBroken(_ body: () async throws -> Void) async -> Bool {
            do {
                try await body()
                return false
            } catch {
                return error is Broken
            }
        }
    }

    @Test("a cancelled receiver throws and takes nothing away")
    func cancelledReceiver() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        for value in 0..<200 {
            let outcome = await withTaskGroup(of: Result<Int?, any Error>.self) { group in
                group.addTask {
                    do { return .success(try await channel.receive()) } catch { return .failure(error) }
                }
                group.cancelAll()
                return await group.next()
            }
            guard case .failure(let error) = outcome else {
                Issue.record("a cancelled receiver must throw, got \(String(describing: outcome))")
                return
            }
            #expect(error is CancellationError)
            try await channel.send(value)
            #expect(try await channel.receive() == value)
        }
    }

    @Test("an element whose send was cancelled never arrives", arguments: [1, 4])
    func cancelledSender(_ capacity: Int) async throws {
        let channel = BoundedChannel<Int>(capacity: capacity)
        for value in 0..<capacity { try await channel.send(-value) }
        let cancelled = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            for value in 1...50 {
                group.addTask {
                    do { try await channel.send(value) } catch { cancelled.change { $0 += 1 } }
                }
            }
            group.cancelAll()
        }
        #expect(cancelled.value == 50)
        channel.finish()
        var rest: [Int] = []
        for try await value in channel { rest.append(value) }
        #expect(rest == (0..<capacity).map { -$0 })
    }

    @Test("many senders and receivers with random cancellation lose and invent nothing", arguments: 0..<5)
    func stress(_ seed: Int) async throws {
        let channel = BoundedChannel<Int>(capacity: 1 + seed)
        let delivered = Shared<[Int: Int]>([:])
        let accepted = Shared<Set<Int>>([])
        await withTaskGroup(of: Void.self) { receivers in
            for _ in 0..<4 {
                receivers.addTask {
                    while let value = try? await channel.receive() { delivered.change { $0[value, default: 0] += 1 } }
                }
            }
            for batch in 0..<40 {
                await withTaskGroup(of: Void.self) { senders in
                    for index in 0..<10 {
                        senders.addTask {
                            let value = batch * 10 + index
                            guard (try? await channel.send(value)) != nil else { return }
                            accepted.change { _ = $0.insert(value) }
                        }
                    }
                    if (batch + seed) % 3 == 0 { senders.cancelAll() }
                }
            }
            channel.finish()
        }
        let result = delivered.value
        #expect(Set(result.keys) == accepted.value)
        #expect(result.values.allSatisfy { $0 == 1 })
    }
}
