// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Dispatch
import TestSupport
import Testing

@Suite("Work that may never come to an end", .timeLimit(.minutes(1)))
struct AbandonmentTests {
    private struct Trouble: Error {}

    private static func never() async throws { try await Gate().pass() }

    @Test func `work that ends is waited for, whatever becomes of it`() async throws {
        let result = try await withAbandonment {
            7
        } when: { _ in
            try await Self.never()
        }
        #expect(result == 7)
        await #expect(throws: Trouble.self) {
            try await withAbandonment {
                throw Trouble()
            } when: { _ in
                try await Self.never()
            }
        }
        // Whoever watches may leave it to the work.
        let slow = Gate()
        let late = try await withAbandonment {
            try await slow.pass()
            return 8
        } when: { _ in
            slow.open()
            throw Trouble()
        }
        #expect(late == 8)
    }

    @Test func `work that is stuck in a call is left, is seen to be, and its end can be awaited`() async throws {
        let monitor = BlockingMonitor()
        let executor = BlockingExecutor(name: "deaf", threadCount: 1, monitor: monitor)
        let (began, call) = (Gate(), DispatchSemaphore(value: 0))
        #expect(monitor.longest == .zero)
        do {
            try await withAbandonment {
                await executor.run {
                    began.open()
                    call.wait()
                }
            } when: { _ in
                try await began.pass()
            }
            Issue.record("it was waited for")
        } catch let abandoned as Abandoned {
            #expect(monitor.longest > .zero)
            call.signal()
            try await abandoned.end()
        }
    }

    @Test func `cancelling reaches the work, which may still take its time`() async throws {
        let (began, told) = (Gate(), Gate())
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await withAbandonment {
                    began.open()
                    do {
                        try await Self.never()
                    } catch is CancellationError {
                        told.open()
                    }
                    return 9
                } when: { isCancelled in
                    try await told.pass()
                    // It is never lost, but whoever watches knows.
                    guard isCancelled() else { return }
                    try await Self.never()
                }
            }
            try await began.pass()
            group.cancelAll()
            #expect(try await group.next() == 9)
        }
    }
}
