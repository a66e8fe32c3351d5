// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct PodVolumeChoiceTests {
    private let volumes: JSONValue = [
        ["name": "data", "emptyDir": [:]], ["name": "claimed", "persistentVolumeClaim": ["claimName": "c"]],
        ["name": "host", "hostPath": ["path": "/"]], ["name": "s", "secret": [:]], ["name": "cm", "configMap": [:]],
        ["name": "p", "projected": [:]], ["name": "d", "downwardAPI": [:]],
        ["name": "default-token-x", "emptyDir": [:]],
        ["name": "cache", "emptyDir": [:]], ["name": "share", "nfs": ["server": "s"]],
    ]

    @Test func `where pods opt in, only what they ask for is taken`() {
        #expect(PodVolumeChoice(Fixture.pod(volumes), takesAll: false).chosen.isEmpty)
        let pod = Fixture.pod(volumes, annotations: ["backup.velero.io/backup-volumes": "data, claimed,,data,none"])
        #expect(PodVolumeChoice(pod, takesAll: false).chosen == ["data", "claimed", "none"])
    }

    @Test func `where pods opt out, everything with files of its own is taken`() {
        let pod = Fixture.pod(volumes, annotations: ["backup.velero.io/backup-volumes-excludes": "cache"])
        let choice = PodVolumeChoice(pod, takesAll: true)
        #expect(choice.chosen == ["data", "claimed", "share"])
        #expect(choice.optedOut == ["cache"])
        #expect(PodVolumeChoice(pod, takesAll: true, includesClaims: false).chosen == ["data", "share"])
    }
}

@Suite struct PodVolumeEligibilityTests {
    private func decide(
        _ name: String = "data",
        _ pod: Pod = Fixture.pod(),
        claim: PodVolumeEligibility.Claim? = nil,
        earlier: ObjectKey? = nil
    ) -> PodVolumeEligibility {
        PodVolumeEligibility.decide(volume: name, of: pod, claim: claim, earlierPod: earlier)
    }

    @Test func `a mounted volume of a running pod is eligible`() {
        #expect(decide() == .eligible(claim: nil))
        let claim = Fixture.claim()
        #expect(decide(claim: .found(claim, Fixture.volume("nfs"))) == .eligible(claim: claim))
    }

    @Test func `the rest is skipped with Velero's words`() {
        #expect(decide("x") == .skippedWithWarning("No volume named x found in pod shop/web-0, skipping"))
        let host =
            "Volume data in pod shop/web-0 is a hostPath volume which is not supported for pod volume backup, skipping"
        #expect(
            decide("data", Fixture.pod([["name": "data", "hostPath": ["path": "/"]]])) == .skippedWithWarning(host)
        )
        #expect(decide(claim: .found(Fixture.claim(), Fixture.volume("hostPath"))) == .skippedWithWarning(host))
        #expect(
            decide(claim: .found(Fixture.claim(mode: "Block"), nil))
                == .skippedWithWarning(
                    "volume data declared in pod shop/web-0 is a block volume. "
                        + "Block volumes are not supported for fs backup, skipping"
                )
        )
        #expect(
            decide("data", Fixture.pod(mounts: []))
                == .skippedWithWarning(
                    "Volume data is declared in pod shop/web-0 but not mounted by any container, skipping"
                )
        )
        guard case .skippedWithWarning = decide("data", Fixture.pod(phase: "Pending")) else {
            Issue.record("a pod that does not run must be skipped")
            return
        }
    }

    @Test func `a claim is backed up once, and one that cannot be read is an error`() {
        let again = decide(
            claim: .found(Fixture.claim(), nil),
            earlier: ObjectKey(namespace: "shop", name: "web-1")
        )
        #expect(again == .skipped("the volume of claim shop/data-claim was backed up through pod shop/web-1 already"))
        guard case .failed(let message) = decide(claim: .unreadable("forbidden")) else {
            Issue.record("an unreadable claim must be an error")
            return
        }
        #expect(message.contains("forbidden"))
    }
}
