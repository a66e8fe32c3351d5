// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import KubeRuntime

@Suite("Which key is next")
struct WorkQueueStateTests {
    private func queue() -> WorkQueueState<String> {
        WorkQueueState(firstPause: .seconds(1), longestPause: .seconds(60))
    }

    @Test("keys come in order, each once")
    func order() {
        var queue = queue()
        for key in ["a", "b", "a", "c", "b"] { queue.add(key) }
        #expect(
            (0..<4).map { _ in queue.take(now: .zero) } == [.key("a"), .key("b"), .key("c"), .nothing(nextDue: nil)]
        )
    }

    @Test("a key added while it is processed comes once more afterwards, never beside itself")
    func duringProcessing() {
        var queue = queue()
        queue.add("a")
        #expect(queue.take(now: .zero) == .key("a"))
        queue.add("a")
        queue.add("a")
        #expect(queue.take(now: .zero) == .nothing(nextDue: nil))
        queue.done("a")
        #expect(queue.take(now: .zero) == .key("a"))
        queue.done("a")
        #expect(queue.take(now: .zero) == .nothing(nextDue: nil))
    }

    @Test("delayed keys come when they are due, the earliest moment counting, and not at all twice")
    func delays() {
        var queue = queue()
        queue.add("a", at: .seconds(5))
        queue.add("a", at: .seconds(9))
        queue.add("b", at: .seconds(7))
        queue.add("b", at: .seconds(3))
        #expect(queue.take(now: .seconds(1)) == .nothing(nextDue: .seconds(3)))
        #expect(queue.take(now: .seconds(6)) == .key("b"))
        #expect(queue.take(now: .seconds(6)) == .key("a"))
        queue.add("c", at: .seconds(20))
        queue.add("c")
        #expect(queue.take(now: .seconds(8)) == .key("c"))
        queue.done("c")
        #expect(queue.take(now: .seconds(99)) == .nothing(nextDue: nil))
    }

    @Test("a delay that ends while the key is processed counts afterwards")
    func dueDuringProcessing() {
        var queue = queue()
        queue.add("a")
        _ = queue.take(now: .zero)
        queue.add("a", at: .seconds(1))
        // No moment to wait for: a worker would wake at once, over and over.
        #expect(queue.take(now: .seconds(2)) == .nothing(nextDue: nil))
        queue.done("a")
        #expect(queue.take(now: .seconds(2)) == .key("a"))
    }

    @Test("failures wait twice as long each time, up to a bound, until success")
    func failures() {
        var queue = queue()
        var pauses: [Duration] = []
        for _ in 0..<9 {
            queue.addFailed("a", now: .zero, jitter: 1)
            guard case .nothing(let due?) = queue.take(now: .zero) else { break }
            pauses.append(due)
            #expect(queue.take(now: due) == .key("a"))
            queue.done("a")
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        queue.forgetFailures("a")
        queue.addFailed("a", now: .zero, jitter: 0)
        #expect(queue.take(now: .zero) == .nothing(nextDue: .milliseconds(500)))
    }

    @Test("after shutting down nothing comes, and nothing can be added")
    func shutDown() {
        var queue = queue()
        for key in ["a", "b"] { queue.add(key) }
        _ = queue.take(now: .zero)
        queue.add("a")
        queue.add("c", at: .zero)
        queue.shutDown()
        queue.done("a")
        queue.add("d")
        #expect(queue.take(now: .seconds(1)) == .ended)
    }

    @Test("whatever happens in whatever order, no key is lost, doubled, or with two workers")
    func anyOrderFuzz() {
        for seed in 0..<UInt64(FuzzCases.count(standard: 300)) {
            var generator = SplitMixGenerator(seed: seed)
            var queue = queue()
            var processing: Set<String> = []
            var wanted: Set<String> = []
            var now: Duration = .zero
            for _ in 0..<200 {
                let key = ["a", "b", "c", "d"].randomElement(using: &generator) ?? "a"
                switch Int.random(in: 0..<6, using: &generator) {
                case 0, 1:
                    queue.add(key)
                    wanted.insert(key)
                case 2:
                    queue.add(key, at: now + .seconds(Int.random(in: 0..<9, using: &generator)))
                    wanted.insert(key)
                case 3, 4:
                    if case .key(let taken) = queue.take(now: now) {
                        #expect(processing.insert(taken).inserted, "seed \(seed): \(taken) with two workers")
                        #expect(wanted.remove(taken) != nil, "seed \(seed): \(taken) for no reason")
                    }
                default:
                    if let taken = processing.randomElement(using: &generator) {
                        processing.remove(taken)
                        queue.done(taken)
                    }
                }
                now += .seconds(Int.random(in: 0..<3, using: &generator))
            }
            for key in processing { queue.done(key) }
            while case .key(let taken) = queue.take(now: now + .seconds(100)) {
                wanted.remove(taken)
                queue.done(taken)
            }
            #expect(wanted.isEmpty, "seed \(seed): lost \(wanted)")
        }
    }
}
