// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct PodVolumeBackupDecisionTests {
    private func decide(
        _ backup: PodVolumeBackup,
        node: String = "one",
        pod: Pod? = Fixture.pod(),
        running: Bool = false,
        slot: Bool = true,
        owner: Bool? = true
    ) -> [PodVolumeAction] {
        backup.decide(
            PodVolumeSituation(node: node, pod: pod, isRunningHere: running, hasFreeSlot: slot, ownerExists: owner)
        )
    }

    private func cancelled(_ phase: PodVolumePhase) -> PodVolumeBackup {
        var backup = Fixture.podVolumeBackup(phase)
        backup.cancel = true
        return backup
    }

    @Test func `a new backup starts where its pod runs, when there is room`() {
        for phase in [PodVolumePhase.new, .accepted, .prepared] {
            #expect(decide(Fixture.podVolumeBackup(phase)) == [.start(isResumed: false)])
            #expect(decide(Fixture.podVolumeBackup(phase), node: "two") == [])
            #expect(
                decide(Fixture.podVolumeBackup(phase), slot: false) == [.wait("all of this node's slots are taken")]
            )
        }
        #expect(decide(Fixture.podVolumeBackup(.inProgress), running: true) == [])
    }

    @Test func `one an earlier agent left unfinished is taken up again`() {
        #expect(decide(Fixture.podVolumeBackup(.inProgress)) == [.start(isResumed: true)])
        let ended = decide(Fixture.podVolumeBackup(.inProgress), pod: nil)
        #expect(ended == [.finish(.failed, message: "pod shop/web-0 is gone")])
    }

    @Test func `a backup that ended its agents three times is not tried again`() {
        var backup = Fixture.podVolumeBackup(.inProgress)
        backup.unfinishedAttempts = 2
        #expect(decide(backup) == [.start(isResumed: true)])
        backup.unfinishedAttempts = 3
        let end = PodVolumeAction.finish(
            .failed,
            message: "the node agent ended 3 times while moving this volume"
        )
        #expect(decide(backup) == [end])
        #expect(decide(backup, running: true) == [])
        backup.metadata[annotation: "velero.io/unfinished-attempts"] = "-9999999999999999999999"
        #expect(decide(backup) == [.start(isResumed: true)])
    }

    @Test func `what has ended stays so`() {
        for phase in [PodVolumePhase.completed, .failed, .canceled] {
            #expect(decide(Fixture.podVolumeBackup(phase), pod: nil, owner: false) == [])
            #expect(decide(Fixture.podVolumeBackup(phase), running: true) == [.stop])
        }
        var deleted = Fixture.podVolumeBackup(.inProgress)
        deleted.metadata.fields["deletionTimestamp"] = "2026-01-31T12:00:00Z"
        #expect(decide(deleted, running: true) == [.stop])
        #expect(decide(deleted) == [])
    }

    @Test func `a pod that is gone, another of its name, moved or ended fails the backup`() {
        var other = Fixture.pod()
        other.metadata.uid = "aaaa"
        var moved = Fixture.pod()
        moved.object["spec", "nodeName"] = "two"
        for pod in [nil, other, moved, Fixture.pod(phase: "Succeeded")] {
            let actions = decide(Fixture.podVolumeBackup(.inProgress), pod: pod, running: true)
            #expect(actions.count == 2 && actions.first == .stop)
            guard case .finish(.failed, let message) = actions.last else {
                Issue.record("\(actions)")
                continue
            }
            #expect(message.hasPrefix("pod shop/web-0"))
        }
    }

    @Test func `cancelling ends at once what has not started and stops what has`() {
        #expect(decide(cancelled(.new)) == [.finish(.canceled, message: "backup was cancelled")])
        #expect(decide(cancelled(.inProgress), running: true) == [.markCanceling, .stop])
        #expect(decide(cancelled(.canceling), running: true) == [.stop])
        #expect(decide(cancelled(.canceling)) == [.finish(.canceled, message: "backup was cancelled")])
        // Cancelled while the agent was away.
        #expect(decide(cancelled(.inProgress), pod: nil) == [.finish(.canceled, message: "backup was cancelled")])
    }

    @Test func `a volume's backup does not outlive its Backup`() {
        let end = PodVolumeAction.finish(.failed, message: "the backup it belongs to is gone")
        #expect(decide(Fixture.podVolumeBackup(), owner: false) == [end])
        #expect(decide(Fixture.podVolumeBackup(.inProgress), running: true, owner: false) == [.stop, end])
        #expect(decide(Fixture.podVolumeBackup(), owner: nil) == [.start(isResumed: false)])
    }

    @Test func `foreign uploaders, phases and hostile fields are refused`() {
        var kopia = Fixture.podVolumeBackup()
        kopia.uploaderType = .kopia
        guard case .finish(.failed, let message) = only(decide(kopia)) else {
            Issue.record("kopia must be refused")
            return
        }
        #expect(message.contains("kopia"))
        guard case .wait = only(decide(Fixture.podVolumeBackup(.unknown("Pondering")))) else {
            Issue.record("an unknown phase must be left alone")
            return
        }
        let changes: [(inout PodVolumeBackup) -> Void] = [
            { $0.volume = "../../etc" }, { $0.object["spec", "pod", "uid"] = ".." },
            { $0.object["spec", "pod", "namespace"] = "a/b" }, { $0.object["spec", "pod", "name"] = "" },
            { $0.backupStorageLocation = "a/b" }, { $0.volume = nil },
        ]
        for change in changes {
            var hostile = Fixture.podVolumeBackup()
            change(&hostile)
            guard case .finish(.failed, let message) = only(decide(hostile)) else {
                Issue.record("\(hostile.object.json)")
                continue
            }
            #expect(message.hasPrefix("spec."))
        }
    }

    @Test func `a lost node ends what it left`() {
        let backup = Fixture.podVolumeBackup(.inProgress)
        #expect(backup.decide(nodeExists: false, agentRuns: false) == .finish(.failed, message: "node one is gone"))
        #expect(backup.decide(nodeExists: true, agentRuns: true) == nil)
        #expect(
            Fixture.podVolumeBackup().decide(nodeExists: true, agentRuns: false)
                == .wait("node-agent pod is not running in node one")
        )
        #expect(Fixture.podVolumeBackup(.completed).decide(nodeExists: false, agentRuns: false) == nil)
    }
}
