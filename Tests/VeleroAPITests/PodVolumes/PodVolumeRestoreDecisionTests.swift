// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct PodVolumeRestoreDecisionTests {
    private func decide(
        _ restore: PodVolumeRestore,
        node: String = "one",
        pod: Pod? = Fixture.waitingPod(),
        running: Bool = false,
        slot: Bool = true,
        owner: Bool? = true
    ) -> [PodVolumeAction] {
        restore.decide(
            PodVolumeSituation(node: node, pod: pod, isRunningHere: running, hasFreeSlot: slot, ownerExists: owner)
        )
    }

    @Test func `a restore starts when the waiting container of its pod runs here`() {
        #expect(decide(Fixture.podVolumeRestore()) == [.start(isResumed: false)])
        #expect(
            decide(Fixture.podVolumeRestore(), pod: Fixture.waitingPod(name: "restic-wait")) == [
                .start(isResumed: false)
            ]
        )
        #expect(decide(Fixture.podVolumeRestore(), node: "two") == [])
        let early = decide(Fixture.podVolumeRestore(), pod: Fixture.waitingPod(state: "waiting"))
        #expect(early == [.wait("the waiting container of pod shop/web-0 does not run yet")])
        #expect(decide(Fixture.podVolumeRestore(), slot: false) == [.wait("all of this node's slots are taken")])
        #expect(decide(Fixture.podVolumeRestore(), pod: nil) == [])
    }

    @Test func `init containers before the waiting one are worth a warning`() {
        let actions = decide(Fixture.podVolumeRestore(), pod: Fixture.waitingPod(index: 1))
        #expect(actions.count == 2 && actions.last == .start(isResumed: false))
        guard case .warn = actions.first else {
            Issue.record("\(actions)")
            return
        }
    }

    @Test func `a restore this agent left unfinished is taken up again, elsewhere it is left alone`() {
        var restore = Fixture.podVolumeRestore(.inProgress)
        restore.node = "one"
        #expect(decide(restore) == [.start(isResumed: true)])
        #expect(decide(restore, running: true) == [])
        #expect(decide(restore, node: "two") == [])
        #expect(decide(restore, pod: nil) == [.finish(.failed, message: "pod shop/web-0 is gone")])
    }

    @Test func `a restore that ended its agents three times is not tried again`() {
        var restore = Fixture.podVolumeRestore(.inProgress)
        restore.node = "one"
        restore.unfinishedAttempts = 3
        let end = PodVolumeAction.finish(
            .failed,
            message: "the node agent ended 3 times while moving this volume"
        )
        #expect(decide(restore) == [end])
        var released = Fixture.waitingPod(state: "terminated")
        released.object["status", "phase"] = "Running"
        #expect(decide(restore, pod: released) == [.finish(.completed, message: "")])
    }

    @Test func `a restore whose pod was released is complete, though its agent did not live to say so`() {
        var restore = Fixture.podVolumeRestore(.inProgress)
        restore.node = "one"
        var released = Fixture.waitingPod(state: "terminated")
        released.object["status", "phase"] = "Running"
        #expect(decide(restore, pod: released) == [.finish(.completed, message: "")])
        #expect(decide(restore, pod: released, running: true) == [])
        #expect(decide(restore, node: "two", pod: released) == [])
    }

    @Test func `a pod that does not wait is not written into unless asked for`() {
        guard case .finish(.failed, let message) = only(decide(Fixture.podVolumeRestore(), pod: Fixture.pod())) else {
            Issue.record("must be refused")
            return
        }
        #expect(message.contains("velero.io/restore-into-running-pod"))
        var past = Fixture.waitingPod(state: "terminated")
        past.object["status", "phase"] = "Running"
        guard case .finish(.failed, _) = only(decide(Fixture.podVolumeRestore(), pod: past)) else {
            Issue.record("must be refused")
            return
        }
        var asked = Fixture.podVolumeRestore()
        asked.metadata[annotation: "velero.io/restore-into-running-pod"] = "true"
        #expect(decide(asked, pod: Fixture.pod()) == [.start(isResumed: false)])
        #expect(decide(asked, pod: past) == [.start(isResumed: false)])
    }

    @Test func `cancelling and losing the Restore end it`() {
        var restore = Fixture.podVolumeRestore()
        restore.cancel = true
        #expect(decide(restore) == [.finish(.canceled, message: "restore was cancelled")])
        #expect(decide(restore, running: true) == [.markCanceling, .stop])
        #expect(
            decide(Fixture.podVolumeRestore(), owner: false)
                == [.finish(.failed, message: "the restore it belongs to is gone")]
        )
        #expect(decide(Fixture.podVolumeRestore(.failed), running: true) == [.stop])
    }

    @Test func `hostile fields are refused`() {
        let changes: [(inout PodVolumeRestore) -> Void] = [
            { $0.volume = ".." }, { $0.snapshotID = "latest" }, { $0.snapshotID = "--target=/" },
            { $0.snapshotID = nil },
            { $0.sourceNamespace = "../other" }, { $0.backupStorageLocation = "/" },
            { $0.metadata.ownerReferences = [OwnerReference(fields: ["uid": "../x", "controller": true])] },
        ]
        for change in changes {
            var hostile = Fixture.podVolumeRestore()
            change(&hostile)
            guard case .finish(.failed, _) = only(decide(hostile)) else {
                Issue.record("\(hostile.object.json)")
                continue
            }
        }
    }
}
