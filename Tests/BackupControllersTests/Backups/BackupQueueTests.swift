// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct BackupQueueTests {
    private func backup(
        _ name: String,
        _ phase: BackupPhase,
        position: Int? = nil,
        namespaces: [String] = [],
        made: Int64 = 0
    ) -> Backup {
        var backup = Backup(name: name, namespace: "velero")
        backup.phase = phase
        backup.queuePosition = position
        backup.includedNamespaces = namespaces
        backup["metadata", "creationTimestamp"] = .string(KubeTime(seconds: 1_700_000_000 + made).description)
        return backup
    }

    private func decide(_ backups: [Backup], limit: Int = 1) -> [String] {
        BackupQueue.decide(backups, limit: limit, namespaces: limit > 1 ? ["a", "b", "c"] : []).map { change in
            switch change {
            case .place(let key, let position): "\(key.name) at \(position)"
            case .release(let key): "\(key.name) begins"
            }
        }
    }

    @Test func `new backups wait in the order they were made`() {
        #expect(decide([backup("y", .new, made: 2), backup("x", .new, made: 1)]) == ["x at 1", "y at 2"])
        #expect(
            decide([backup("new", .new), backup("old", .queued, position: 1), backup("now", .inProgress)])
                == ["new at 2"]
        )
    }

    @Test func `the first begins when nothing runs, and the others move up`() {
        #expect(
            decide([
                backup("b", .queued, position: 2), backup("a", .queued, position: 1), backup("c", .queued, position: 3),
            ])
                == ["a begins", "b at 1", "c at 2"]
        )
        for phase in [BackupPhase.readyToStart, .inProgress] {
            #expect(decide([backup("now", phase), backup("a", .queued, position: 1)]).isEmpty)
        }
        #expect(decide([backup("was", .completed), backup("a", .queued, position: 1)]) == ["a begins"])
    }

    @Test func `several run at once unless they share a namespace`() {
        let waiting = [
            backup("a1", .queued, position: 1, namespaces: ["a"]),
            backup("a2", .queued, position: 2, namespaces: ["a"]),
            backup("b", .queued, position: 3, namespaces: ["b"]), backup("c", .queued, position: 4, namespaces: ["c"]),
        ]
        #expect(decide(waiting, limit: 2) == ["a1 begins", "a2 at 1", "b begins", "c at 2"])
        let all = [backup("now", .inProgress, namespaces: ["*"])] + waiting
        #expect(decide(all, limit: 9).isEmpty)
        // One that waits for a namespace keeps later ones out of it.
        let behind = [
            backup("now", .inProgress, namespaces: ["a"]),
            backup("both", .queued, position: 1, namespaces: ["a", "b"]),
            backup("b", .queued, position: 2, namespaces: ["b"]),
        ]
        #expect(decide(behind, limit: 9).isEmpty)
    }
}
