// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import Synchronization
import Testing

@Suite("BlockingExecutor", .timeLimit(.minutes(1)))
struct BlockingExecutorTests {
    private static func threadName() -> String {
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return name?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    @Test("bodies run on its threads and callers return to theirs")
    func threads() async {
        let executor = BlockingExecutor(name: "blocking-test-long-name", threadCount: 2)
        for _ in 0..<50 {
            #expect(await executor.run { Self.threadName() } == "blocking-test-l")
            #expect(Self.threadName() != "blocking-test-l")
        }
    }

    @Test("callers on the main actor are moved too")
    @MainActor
    func mainActor() async {
        let executor = BlockingExecutor(name: "from-main", threadCount: 1)
        #expect(await executor.run { Self.threadName() } == "from-main")
        MainActor.assertIsolated()
    }

    @Test("as many bodies block at once as there are threads, not more")
    func parallelism() async {
        let executor = BlockingExecutor(name: "parallel", threadCount: 3)
        let peak = Peak()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    await executor.run {
                        peak.enter()
                        // Nobody leaves before three are in: that ends only if they run side by side.
                        while peak.highest < 3 { Thread.sleep(forTimeInterval: 0.0001) }
                        peak.leave()
                    }
                }
            }
        }
        #expect(peak.highest == 3)
    }

    @Test("errors keep their type")
    func errors() async {
        struct Broken: Error {}
        let executor = BlockingExecutor(name: "errors", threadCount: 1)
        do throws(Broken) {
            try await executor.run { () throws(Broken) in throw Broken() }
            Issue.record("must throw")
        } catch {}
    }

    @Test("a dropped executor ends its threads")
    func ends() async throws {
        for _ in 0..<200 {
            let executor = BlockingExecutor(name: "short-lived", threadCount: 4)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await executor.run {} } }
            }
        }
        // Without an end this process would have hundreds of them now; a few may be on their way out.
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        let names = threads.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
        #expect(names.filter { $0.hasPrefix("short-lived") }.count < 100)
    }
}

/// The largest number of threads that were inside at once.
private final class Peak: Sendable {
    private let state = Mutex((inside: 0, highest: 0))

    var highest: Int { state.withLock { $0.highest } }

    func enter() {
        state.withLock { state in
            state.inside += 1
            state.highest = max(state.highest, state.inside)
        }
    }

    func leave() {
        state.withLock { $0.inside -= 1 }
    }
}
