// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct WatchDecisionTests {
    private static let patience = WatchDecision.Patience(agent: .seconds(1800), pod: .seconds(600))

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
        return WatchDecision.decide(situation, owner: "backup", pod: "shop/db-0", patience: Self.patience)
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

    @Test func `a restore waits for its pod, but not for ever`() {
        func restore(_ age: Duration) -> WatchDecision {
            decide {
                ($0.node, $0.nodeExists, $0.podExists, $0.mayAwaitPod, $0.age) = ("", false, false, true, age)
            }
        }
        #expect(restore(.seconds(599)) == .lookAgain)
        #expect(restore(.seconds(600)) == .finish(.failed, message: "pod shop/db-0 did not appear within 10m0s"))
        // One that was taken up has had its pod.
        #expect(
            decide { ($0.podExists, $0.age) = (false, .zero) } == .finish(.failed, message: "pod shop/db-0 is gone")
        )
    }

    @Test func `a backup that no agent takes fails`() {
        guard case .finish(.failed, let message) = decide({ ($0.node, $0.isWithoutNode) = ("", true) }) else {
            Issue.record("it waits for ever")
            return
        }
        #expect(message.contains("names no node"))
    }

    @Test func `a backup that outlives its Backup is cancelled, by its agent where one runs`() {
        #expect(decide { ($0.ownerHasEnded, $0.agentRuns) = (true, true) } == .cancel)
        #expect(decide { ($0.ownerHasEnded, $0.agentRuns, $0.isCancelled) = (true, true, true) } == .leave)
        #expect(
            decide { ($0.ownerHasEnded, $0.isCancelled) = (true, true) }
                == .finish(.canceled, message: "backup was cancelled")
        )
    }
}
