// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Testing

@Suite("LatestValue", .timeLimit(.minutes(1)))
struct LatestValueTests {
    @Test("a slow reader sees the newest state and then the end")
    func newest() async throws {
        let progress = LatestValue(0)
        for _ in 0..<10 { progress.update { $0 += 1 } }
        let seen = try #require(try await progress.next(after: 0))
        #expect(seen.value == 10)
        progress.update { $0 += 1 }
        progress.finish()
        let last = try #require(try await progress.next(after: seen.version))
        #expect(last.value == 11)
        #expect(try await progress.next(after: last.version) == nil)
    }

    @Test("a reader that waits is woken by every change, however they interleave")
    func concurrent() async throws {
        let progress = LatestValue(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var version = 0
                    var last = 0
                    while let next = try await progress.next(after: version) {
                        #expect(next.value > last)
                        (last, version) = (next.value, next.version)
                    }
                    #expect(last == 1000)
                }
            }
            group.addTask {
                for _ in 0..<1000 { progress.update { $0 += 1 } }
                progress.finish()
            }
            try await group.waitForAll()
        }
    }

    @Test("a cancelled reader throws")
    func cancelled() async {
        let progress = LatestValue(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { _ = try await progress.next(after: 0) }
            }
            group.cancelAll()
        }
    }
}
