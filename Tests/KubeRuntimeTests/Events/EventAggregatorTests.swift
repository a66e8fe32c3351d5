// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import KubeRuntime

@Suite("Which events are written")
struct EventAggregatorTests {
    private func occurrence(_ message: String, object: String = "p", reason: String = "R") -> EventAggregator.Occurrence
    {
        .init(object: Pod(name: object, namespace: "n").object, severity: .normal, reason: reason, message: message)
    }

    @Test("the same event is counted, another one created, and after ten minutes a new one begins")
    func counting() {
        var aggregator = EventAggregator()
        #expect(aggregator.decide(occurrence("m"), now: .zero, name: "e1") == .create(name: "e1", message: "m"))
        #expect(
            aggregator.decide(occurrence("m"), now: .seconds(1), name: "e2")
                == .count(name: "e1", count: 2, message: "m")
        )
        #expect(aggregator.decide(occurrence("x"), now: .seconds(2), name: "e3") == .create(name: "e3", message: "x"))
        #expect(
            aggregator.decide(occurrence("m", object: "q"), now: .seconds(3), name: "e4")
                == .create(name: "e4", message: "m")
        )
        #expect(aggregator.decide(occurrence("m"), now: .seconds(601), name: "e5") == .create(name: "e5", message: "m"))
    }

    @Test("an event that is gone is written anew")
    func forgotten() {
        var aggregator = EventAggregator()
        _ = aggregator.decide(occurrence("m"), now: .zero, name: "e1")
        aggregator.forget(name: "e1")
        #expect(aggregator.decide(occurrence("m"), now: .seconds(1), name: "e2") == .create(name: "e2", message: "m"))
    }

    @Test("many different messages of one reason become one event")
    func combining() {
        var aggregator = EventAggregator()
        for index in 0..<10 {
            guard case .create = aggregator.decide(occurrence("m\(index)"), now: .zero, name: "e\(index)") else {
                Issue.record("message \(index) was not written")
                return
            }
        }
        #expect(
            aggregator.decide(occurrence("m10"), now: .zero, name: "c")
                == .create(name: "c", message: "(combined from similar events): m10")
        )
        #expect(
            aggregator.decide(occurrence("m11"), now: .zero, name: "d")
                == .count(name: "c", count: 2, message: "(combined from similar events): m11")
        )
    }

    @Test("a flood about one object is cut, and does not drown others")
    func flood() {
        var aggregator = EventAggregator()
        let actions = (0..<100).map { aggregator.decide(occurrence("m"), now: .zero, name: "e\($0)") }
        #expect(actions.filter { $0 == .drop }.count == 75)
        #expect(
            aggregator.decide(occurrence("m", object: "q"), now: .zero, name: "o") == .create(name: "o", message: "m")
        )
        #expect(aggregator.decide(occurrence("m"), now: .seconds(300), name: "z") != .drop)
        #expect(aggregator.decide(occurrence("m"), now: .seconds(300), name: "z") == .drop)
    }

    @Test("memory is bounded, whatever happens to however many objects")
    func bounded() {
        var aggregator = EventAggregator()
        for index in 0..<20_000 {
            _ = aggregator.decide(occurrence("m", object: "p\(index)"), now: .milliseconds(index), name: "e\(index)")
        }
        #expect(aggregator.decide(occurrence("m", object: "p19999"), now: .seconds(20), name: "x") != .drop)
        #expect(
            Mirror(reflecting: aggregator).children.allSatisfy { child in
                (child.value as? any Collection).map { $0.count <= 4097 } ?? true
            }
        )
    }
}
