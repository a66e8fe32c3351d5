// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct WatchDecisionTests {
    private func decide(_ change: (inout WatchDecision.Situation) -> Void) -> WatchDecision {
        var situation = WatchDecision.Situation(
            node: "n1",
            nodeExists: true,
            agentRuns: false,
            podExists: true,
            ownerExists: true,
            isCancelled: false,
            agentMissingFor: .zero
        )
        change(&situation)
        return WatchDecision.decide(situation, owner: "backup", pod: "shop/db-0", agentTimeout: .seconds(1800))
    }

    @Test func `while an agent runs it decides alone`() {
        #expect(
            decide {
                $0.agentRuns = true
                $0.podExists = false
                $0.ownerExists = false
            } == .leave
        )
    }

    @Test func `a node, pod or owner that is gone ends it, and the reason is told`() {
        #expect(
            decide {
                $0.nodeExists = false
                $0.agentRuns = true
            } == .finish(.failed, message: "node n1 is gone")
        )
        #expect(decide { $0.podExists = false } == .finish(.failed, message: "pod shop/db-0 is gone"))
        #expect(decide { $0.ownerExists = false } == .finish(.failed, message: "the backup it belongs to is gone"))
        #expect(decide { $0.isCancelled = true } == .finish(.canceled, message: "backup was cancelled"))
    }

    @Test func `an agent may be away for half an hour`() {
        #expect(decide { $0.agentMissingFor = .seconds(1799) } == .lookAgain)
        guard case .finish(.failed, let message) = decide({ $0.agentMissingFor = .seconds(1800) }) else {
            Issue.record("it waits for ever")
            return
        }
        #expect(message.hasPrefix("no node-agent pod has been running in node n1 for 30m0s"))
        #expect(
            decide {
                $0.node = ""
                $0.nodeExists = false
                $0.agentMissingFor = .seconds(9999)
            } == .lookAgain
        )
    }
}
