// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("TokenBucket and BandwidthLimitedStorage", .timeLimit(.minutes(1)))
struct BandwidthTests {
    @Test("a bucket lets its burst pass, then its rate")
    func bucket() {
        var bucket = TokenBucket(byteCountPerSecond: 1000, burstByteCount: 100)
        #expect(bucket.take(100, now: .zero) == .zero)
        #expect(bucket.take(500, now: .zero) == .milliseconds(500))
        #expect(bucket.take(500, now: .zero) == .seconds(1))
        #expect(bucket.take(0, now: .milliseconds(400)) == .milliseconds(600))
        #expect(bucket.take(100, now: .seconds(1)) == .milliseconds(100))
        #expect(bucket.take(100, now: .seconds(100)) == .zero, "a long pause saves up no more than the burst")
        #expect(bucket.take(100, now: .seconds(100)) == .milliseconds(100))
    }

    @Test("time that runs backwards gives nothing")
    func backwards() {
        var bucket = TokenBucket(byteCountPerSecond: 1000, burstByteCount: 0, now: .seconds(10))
        #expect(bucket.take(1000, now: .seconds(5)) == .seconds(1))
        #expect(bucket.take(0, now: .seconds(10)) == .seconds(1))
    }

    @Test("keeps every promise of a store", arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        let limiter = BandwidthLimiter(byteCountPerSecond: 1_000_000, clock: ManualClock(jumps: true))
        let storage = BandwidthLimitedStorage(MemoryStorage(), upload: limiter, download: limiter)
        try await ObjectStorageConformance(storage, manyCount: 1100, largeByteCount: 3 << 20).run(check)
    }

    @Test("the average keeps the limit in both directions, across everyone who shares it")
    func average() async throws {
        let clock = ManualClock(jumps: true)
        let upload = BandwidthLimiter(byteCountPerSecond: 1000, burstByteCount: 0, clock: clock)
        let download = BandwidthLimiter(byteCountPerSecond: 4000, burstByteCount: 0, clock: clock)
        let memory = MemoryStorage()
        let first = BandwidthLimitedStorage(memory, upload: upload, download: download)
        let second = BandwidthLimitedStorage(memory, upload: upload, download: nil)
        for index in 0..<5 {
            try await first.put("a\(index)", ObjectBody(patternBytes(1000)))
            try await second.put("b\(index)", ObjectBody(patternBytes(1000)))
        }
        #expect(clock.now.sinceStart == .seconds(10))
        _ = try await second.get("a0")
        #expect(clock.now.sinceStart == .seconds(10))
        for index in 0..<4 {
            _ = try await first.get("a\(index)", range: 0..<500)
            _ = try await first.get("b\(index)")
            try await first.getStream("a\(index)", from: 500) { _ in }
        }
        #expect(clock.now.sinceStart == .seconds(12))
    }

    @Test("locks never wait, and a cancelled request gives its share back")
    func locksAndCancellation() async throws {
        let clock = ManualClock()
        let upload = BandwidthLimiter(byteCountPerSecond: 1000, burstByteCount: 0, clock: clock)
        let storage = BandwidthLimitedStorage(MemoryStorage(), upload: upload, download: nil)
        try await storage.put("locks/a", ObjectBody(patternBytes(200)))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await storage.put("data/a", ObjectBody(patternBytes(1 << 20))) }
            await clock.waitForSleepers()
            try? await storage.put("locks/b", ObjectBody(patternBytes(200)))
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(upload.take(0) == .milliseconds(400), "only the two locks count")
        #expect(try await storage.listAll(prefix: "").count == 2)
    }
}
