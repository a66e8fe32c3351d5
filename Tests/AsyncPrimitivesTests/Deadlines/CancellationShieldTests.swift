// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import TestSupport
import Testing

@Suite("withCancellationShield", .timeLimit(.minutes(1)))
struct CancellationShieldTests {
    @Test("the body runs to its end although its caller is cancelled")
    func shielded() async {
        let finished = Shared(false)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                try await withCancellationShield(timeout: .seconds(1), clock: ManualClock()) {
                    try Task.checkCancellation()
                    await Task.yield()
                    try Task.checkCancellation()
                    finished.change { $0 = true }
                }
            }
        }
        #expect(finished.value)
    }

    @Test("its deadline ends a body that does not")
    func deadline() async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withCancellationShield(timeout: .seconds(3), clock: clock) { try await Gate().pass() }
            }
            await clock.waitForSleepers()
            group.cancelAll()
            #expect(clock.sleeperCount == 1)
            clock.advance(by: .seconds(3))
            await #expect(throws: DeadlineExceeded.self) { try await group.next() }
        }
    }
}
