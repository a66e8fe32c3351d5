// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import TestSupport
import Testing

@Suite("withDeadline", .timeLimit(.minutes(1)))
struct DeadlineTests {
    struct Broken: Error {}

    @Test("returns what the body returns and stops the timer")
    func inTime() async throws {
        let clock = ManualClock()
        let result = try await withDeadline(.seconds(5), clock: clock) { 42 }
        #expect(result == 42)
        #expect(clock.sleeperCount == 0)
    }

    @Test("passes on what the body throws")
    func failure() async throws {
        await #expect(throws: Broken.self) {
            try await withDeadline(.seconds(5), clock: ManualClock()) { throw Broken() }
        }
    }

    @Test("cancels a body that takes too long")
    func tooLong() async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withDeadline(.seconds(5), clock: clock) { try await Gate().pass() }
            }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(5))
            await #expect(throws: DeadlineExceeded.self) { try await group.next() }
        }
    }

    @Test("the caller's cancellation is no exceeded deadline")
    func cancelled() async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withDeadline(.seconds(5), clock: clock) { try await Gate().pass() }
            }
            await clock.waitForSleepers()
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }

    @Test("a stopwatch measures on its own clock")
    func stopwatch() {
        let clock = ManualClock()
        clock.advance(by: .seconds(3))
        let stopwatch = Stopwatch(clock: clock)
        clock.advance(by: .milliseconds(1500))
        #expect(stopwatch.elapsed == .milliseconds(1500))
    }
}
