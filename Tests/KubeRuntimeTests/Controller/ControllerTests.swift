// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing

@Suite("Controller", .timeLimit(.minutes(1)))
struct ControllerTests {
    private struct Trouble: Error {}

    @Test("failed keys are repeated after a pause and reported; others go on meanwhile")
    func failures() async throws {
        let clock = ManualClock(jumps: true)
        let queue = WorkQueue<String>(clock: clock, jitter: { 1 })
        let log = Shared<[String]>([])
        let reports = Shared<[Int]>([])
        let controller = Controller(
            queue: queue,
            workerCount: 1,
            reflectors: [],
            report: { failure in reports.change { $0.append(failure.count) } }
        ) { key in
            let tryCount = log.change { log in
                log.append(key)
                return log.filter { $0 == key }.count
            }
            if key == "bad", tryCount < 3 { throw Trouble() }
            if key == "bad" { queue.shutDown() }
            return .done
        }
        queue.add("bad")
        queue.add("good")
        try await controller.run()
        #expect(log.value == ["bad", "good", "bad", "bad"])
        #expect(reports.value == [1, 2])
        #expect(queue.failureCount("bad") == 0)
    }

    @Test("a key that asks for it comes again")
    func again() async throws {
        let clock = ManualClock(jumps: true)
        let queue = WorkQueue<String>(clock: clock)
        let count = Shared(0)
        let controller = Controller(queue: queue, workerCount: 1, reflectors: []) { _ in
            let count = count.change { count in
                count += 1
                return count
            }
            if count == 3 { queue.shutDown() }
            return .again(after: .seconds(60))
        }
        queue.add("a")
        try await controller.run()
        #expect(count.value == 3)
        #expect(clock.now.sinceStart >= .seconds(120))
    }

    @Test("no more keys are reconciled at once than there are workers, and shutting down lets them end")
    func bounded() async throws {
        let queue = WorkQueue<Int>(clock: ManualClock())
        let running = Shared(0)
        let bothRun = Gate()
        let release = Gate()
        let finished = Shared(0)
        let controller = Controller(queue: queue, workerCount: 2, reflectors: []) { _ in
            if running.change({ running in
                running += 1
                return running
            }) == 2 {
                bothRun.open()
            }
            try await release.pass()
            finished.change { $0 += 1 }
            return .done
        }
        for key in 0..<5 { queue.add(key) }
        let run = Task { try await controller.run() }
        try await bothRun.pass()
        #expect(queue.counts == (ready: 3, processing: 2))
        queue.shutDown()
        release.open()
        try await run.value
        #expect(running.value == 2)
        #expect(finished.value == 2)
    }

    @Test("workers begin when the stores are complete; cancelling ends everything")
    func waitsForStores() async throws {
        let listing = Gate()
        let reconciled = Gate()
        let http = ScriptedHTTPClient { request, index in
            guard index == 0 else { return .init(stream: BoundedChannel(capacity: 1)) }
            try await listing.pass()
            return .init(
                200,
                #"{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","namespace":"n"}}]}"#
            )
        }
        let clock = ManualClock(jumps: true)
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: clock)
        let queue = WorkQueue<ObjectKey>(clock: clock)
        let store = ObjectStore()
        let reflector = Reflector(
            .init(Pod.resourceType, namespace: nil),
            client: client,
            store: store,
            clock: clock,
            onChange: { queue.add($0.key) }
        )
        let controller = Controller(queue: queue, workerCount: 1, reflectors: [reflector]) { key in
            #expect(store[key] != nil)
            #expect(store.isSynced)
            reconciled.open()
            return .done
        }
        queue.add(ObjectKey(namespace: "n", name: "a"))
        let run = Task { try await controller.run() }
        listing.open()
        try await reconciled.pass()
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }
}
