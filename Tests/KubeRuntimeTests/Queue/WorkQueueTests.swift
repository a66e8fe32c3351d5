// SPDX-License-Identifier: Apache-2.0

import KubeRuntime
import TestSupport
import Testing

@Suite("Work queue", .timeLimit(.minutes(1)))
struct WorkQueueTests {
    @Test("a waiting worker gets what is added, at once or when it is due")
    func waiting() async throws {
        let clock = ManualClock()
        let queue = WorkQueue<String>(clock: clock, jitter: { 1 })
        let taken = Task { try await [queue.take(), queue.take()] }
        queue.add("now")
        queue.add("later", after: .seconds(5))
        await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        #expect(try await taken.value == ["now", "later"])
    }

    @Test("an earlier moment is noticed by a worker that waits for a later one")
    func earlier() async throws {
        let clock = ManualClock()
        let queue = WorkQueue<String>(clock: clock, jitter: { 1 })
        queue.add("late", after: .seconds(100))
        let taken = Task { try await queue.take() }
        await clock.waitForSleepers()
        queue.add("soon", after: .zero)
        #expect(try await taken.value == "soon")
    }

    @Test("shutting down ends waiting workers; cancelling does too")
    func ends() async throws {
        let queue = WorkQueue<String>(clock: ManualClock())
        let first = Task { try await queue.take() }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = Task { try await queue.take() }
        queue.shutDown()
        #expect(try await second.value == nil)
    }
}
