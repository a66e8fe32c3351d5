// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
import TestSupport
import Testing

@Suite("RetryingStorage", .timeLimit(.minutes(1)))
struct RetryingStorageTests {
    static let unavailable = StorageError(.unavailable, "the network is down")

    /// A retrying store over a faulty one over memory, on a clock that jumps.
    struct Fixture {
        let memory: MemoryStorage
        let faulty: FaultyStorage
        let clock = ManualClock(jumps: true)
        let events = Shared<[Retrier.Event]>([])
        let storage: RetryingStorage

        init(_ rules: [FaultyStorage.Rule], pageCount: Int = 1000, streamBufferByteCount: Int = 16 << 20) {
            memory = MemoryStorage(pageCount: pageCount)
            faulty = FaultyStorage(memory, rules)
            let events = events
            let retrier = Retrier(clock: clock, jitter: { 1 }) { event in events.change { $0.append(event) } }
            storage = RetryingStorage(faulty, retrier: retrier, streamBufferByteCount: streamBufferByteCount)
        }
    }

    @Test("keeps every promise of a store, whatever fails below", arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        let fixture = Fixture([
            .init(.fail(Self.unavailable), on: [.get, .stat], stride: 3),
            .init(.doneButFailed(StorageError(.throttled, "slow down")), on: [.put, .delete], stride: 2),
            .init(.cut(after: 40, Self.unavailable), on: [.getStream], stride: 2),
            .init(.cut(after: 1, Self.unavailable), on: [.list], stride: 2),
            .init(.fail(Self.unavailable), on: [.list], stride: 3),
        ])
        try await ObjectStorageConformance(fixture.storage, manyCount: 1100, largeByteCount: 3 << 20).run(check)
    }

    @Test("waits as the policy says and tells about each try")
    func waits() async throws {
        let fixture = Fixture([.init(.fail(Self.unavailable), on: [.put], hits: 4)])
        try await fixture.storage.put("key", ObjectBody([1]))
        #expect(fixture.clock.sleeps == [1, 2, 4, 8].map { Duration.seconds($0) })
        #expect(fixture.events.value.map(\.failureCount) == [1, 2, 3, 4])
        #expect(fixture.events.value.allSatisfy { $0.operation == .put && $0.key == "key" })
        #expect(fixture.memory.objects == ["key": [1]])
    }

    @Test("gives up after 15 minutes and says how often it tried")
    func givesUp() async throws {
        let fixture = Fixture([.init(.fail(Self.unavailable))])
        let error = await #expect(throws: StorageError.self) { try await fixture.storage.get("key") }
        #expect(error?.code == .unavailable)
        // 1 + 2 + 4 + 8 + 16 + 32 s, then 60 s each while they fit into 900 s.
        #expect(fixture.clock.now.sinceStart == .seconds(63 + 13 * 60))
        #expect(error?.message == "the network is down (gave up after 20 tries in 843 s)")
    }

    @Test(
        "what cannot pass fails at once",
        arguments: [
            StorageError.Code.notFound, .containerNotFound, .denied, .readOnly, .full, .archived, .rangeNotSatisfiable,
            .invalid,
        ]
    )
    func permanent(_ code: StorageError.Code) async throws {
        let fixture = Fixture([.init(.fail(StorageError(code, "final")))])
        let error = await #expect(throws: StorageError.self) { try await fixture.storage.put("key", ObjectBody([1])) }
        #expect(error?.code == code)
        #expect(error?.message == "final")
        #expect(fixture.faulty.callCount == 1)
        #expect(fixture.clock.sleeps.isEmpty)
    }

    @Test("Retry-After is honoured")
    func retryAfter() async throws {
        let fixture = Fixture([.init(.fail(StorageError(.throttled, "slow", retryAfter: .seconds(90))), hits: 1)])
        _ = try await fixture.storage.listAll(prefix: "")
        #expect(fixture.clock.sleeps == [.seconds(91)])
    }

    @Test("a stream goes on where it stopped, and progress begins the count anew")
    func streamResumes() async throws {
        let fixture = Fixture([.init(.cut(after: 100_000, Self.unavailable), on: [.getStream], hits: 12)])
        let bytes = patternBytes(1_500_000)
        try await fixture.memory.put("key", ObjectBody(bytes))
        var received: [UInt8] = []
        try await fixture.storage.getStream("key", from: 7) { received.append(contentsOf: $0) }
        #expect(received == Array(bytes[7...]))
        #expect(fixture.events.value.map(\.failureCount) == Array(repeating: 1, count: 12))
    }

    @Test("a listing that begins anew reports no key twice and loses none")
    func listRestarts() async throws {
        let fixture = Fixture(
            [.init(.cut(after: 3, Self.unavailable), on: [.list], hits: 5)],
            pageCount: 10
        )
        for index in 0..<100 { try await fixture.memory.put("key-\(index)", ObjectBody([])) }
        let listed = try await fixture.storage.listAll(prefix: "key").map(\.key)
        #expect(listed.count == 100)
        #expect(Set(listed) == Set((0..<100).map { "key-\($0)" }))
        #expect(fixture.faulty.hitCount == 5)
    }

    @Test("what a consumer or a source throws is not retried, even when it looks like a passing failure of the store")
    func consumerFailures() async throws {
        let fixture = Fixture([])
        try await fixture.memory.put("key", ObjectBody(patternBytes(1000)))
        let own = StorageError(.unavailable, "another store's failure")
        var error = await #expect(throws: StorageError.self) {
            try await fixture.storage.getStream("key", from: 0) { _ in throw own }
        }
        #expect(error?.message == own.message)
        error = await #expect(throws: StorageError.self) {
            try await fixture.storage.list(prefix: "") { _ in throw own }
        }
        #expect(error?.message == own.message)
        error = await #expect(throws: StorageError.self) { try await fixture.storage.putStream("new") { throw own } }
        #expect(error?.message == own.message)
        #expect(fixture.clock.sleeps.isEmpty)
    }

    @Test("short streams are repeated whole, long ones fail for good")
    func streams() async throws {
        let fixture = Fixture([.init(.fail(Self.unavailable), on: [.put, .putStream])], streamBufferByteCount: 1000)
        fixture.faulty.heal()
        fixture.faulty.add(.init(.fail(Self.unavailable), on: [.put, .putStream], hits: 2))
        let short = BoundedChannel<[UInt8]>(capacity: 10)
        for seed in 0..<3 { try await short.send(patternBytes(300, seed: UInt64(seed))) }
        short.finish()
        try await fixture.storage.putStream("short") { try await short.receive() }
        #expect(fixture.memory.objects["short"] == (0..<3).flatMap { patternBytes(300, seed: $0) })
        let long = BoundedChannel<[UInt8]>(capacity: 10)
        for seed in 0..<5 { try await long.send(patternBytes(300, seed: UInt64(seed))) }
        long.finish()
        fixture.faulty.add(.init(.fail(Self.unavailable), on: [.putStream], hits: 1))
        await #expect(throws: StorageError.self) {
            try await fixture.storage.putStream("long") { try await long.receive() }
        }
        let again = BoundedChannel<[UInt8]>(capacity: 10)
        for seed in 0..<5 { try await again.send(patternBytes(300, seed: UInt64(seed))) }
        again.finish()
        try await fixture.storage.putStream("long") { try await again.receive() }
        #expect(fixture.memory.objects["long"] == (0..<5).flatMap { patternBytes(300, seed: $0) })
    }

    @Test("cancellation ends the wait for the next try, and nothing is touched after")
    func cancellation() async throws {
        let clock = ManualClock()
        let memory = MemoryStorage()
        let faulty = FaultyStorage(memory, [.init(.fail(Self.unavailable), hits: 1)])
        let storage = RetryingStorage(faulty, retrier: Retrier(clock: clock))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await storage.put("key", ObjectBody([1])) }
            await clock.waitForSleepers()
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(faulty.callCount == 1)
        #expect(memory.objects.isEmpty)
    }

    @Test("a request that hangs ends by cancellation")
    func hang() async throws {
        let clock = ManualClock()
        let storage = RetryingStorage(FaultyStorage(MemoryStorage(), [.init(.hang)]), retrier: Retrier(clock: clock))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withDeadline(.seconds(9), clock: clock) { try await storage.put("key", ObjectBody([1])) }
            }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(9))
            await #expect(throws: DeadlineExceeded.self) { try await group.next() }
        }
    }
}
