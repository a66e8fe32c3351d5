// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct PodVolumeSnapshotTests {
    @Test func `tags are those Velero looks for`() {
        let tags = PodVolumeSnapshot.tags(backup: Fixture.backup(), pod: Fixture.pod(), volume: "data", claimUID: "c1")
        let expected = [
            "backup-uid=bac0", "backup=daily", "ns=shop", "pod-uid=\(Fixture.podUID)", "pod=web-0", "pvc-uid=c1",
            "volume=data",
        ]
        #expect(PodVolumeSnapshot.tagTexts(tags).sorted() == expected.sorted())
        let without = PodVolumeSnapshot.tags(
            backup: Fixture.backup(),
            pod: Fixture.pod(),
            volume: "data",
            claimUID: nil
        )
        #expect(without["pvc-uid"] == nil && without.count == 6)
    }

    /// An earlier backup that could be the parent, changed by `change`.
    private func earlier(
        _ id: String,
        at seconds: Int64,
        claim: String? = "c1",
        _ change: (inout PodVolumeBackup) -> Void = { _ in }
    ) -> PodVolumeBackup {
        var backup = Fixture.podVolumeBackup(.completed)
        backup.metadata.name = "earlier-\(id)"
        backup.metadata[label: VeleroLabel.claimUID] = claim
        backup.snapshotID = id
        backup.startTimestamp = KubeTime(seconds: seconds)
        change(&backup)
        return backup
    }

    private func parent(claim: String? = "c1", _ others: [PodVolumeBackup]) -> String? {
        var backup = Fixture.podVolumeBackup()
        backup.metadata[label: VeleroLabel.claimUID] = claim
        return PodVolumeSnapshot.parent(of: backup, among: others)
    }

    @Test func `the parent is the latest completed snapshot of the claim, whatever the pod`() {
        let others = [
            earlier("aaaaaaaa", at: 10),
            earlier("bbbbbbbb", at: 30) { $0.object["spec", "pod", "name"] = "web-1" },
            earlier("cccccccc", at: 20),
        ]
        #expect(parent(others) == "bbbbbbbb")
        #expect(parent(others.reversed()) == "bbbbbbbb")
        #expect(parent([]) == nil)
    }

    @Test func `others are no parents`() {
        let others = [
            earlier("aaaaaaaa", at: 1, claim: "c2"), earlier("bbbbbbbb", at: 2, claim: nil),
            earlier("cccccccc", at: 3) { $0.phase = .failed },
            earlier("dddddddd", at: 4) { $0.backupStorageLocation = "elsewhere" },
            earlier("eeeeeeee", at: 5) { $0.uploaderType = .kopia },
            earlier("", at: 6), earlier("../../x", at: 7),
        ]
        #expect(parent(others) == nil)
        #expect(parent(others + [earlier("ffffffff", at: 0) { $0.uploaderType = nil }]) == "ffffffff")
    }

    @Test func `without a claim the volume of the pod of the same name counts`() {
        let others = [
            earlier("aaaaaaaa", at: 1, claim: nil), earlier("bbbbbbbb", at: 2, claim: nil) { $0.volume = "other" },
            earlier("cccccccc", at: 3, claim: nil) { $0.object["spec", "pod", "name"] = "web-1" },
            earlier("dddddddd", at: 4),
        ]
        #expect(parent(claim: nil, others) == "aaaaaaaa")
    }

    @Test func `resources carry what Velero puts on them`() {
        let backup = PodVolumeBackup(
            of: "data",
            pod: Fixture.pod(),
            claim: Fixture.claim(),
            for: Fixture.backup(),
            repository: "local:/r/shop"
        )
        #expect(backup.metadata.labels["velero.io/backup-name"] == "daily")
        #expect(backup.metadata.labels["velero.io/backup-uid"] == "bac0")
        #expect(backup.metadata.labels["velero.io/pvc-uid"] == "c1a10000-0000")
        #expect(backup.metadata.annotations["velero.io/pvc-name"] == "data-claim")
        #expect(backup.metadata.controller?.kind == "Backup" && backup.metadata.controller?.uid == "bac0")
        #expect(backup.node == "one" && backup.pod == ObjectKey(namespace: "shop", name: "web-0"))
        #expect(backup.tags?["pvc-uid"] == "c1a10000-0000" && backup.validate() == nil)
        let restore = Fixture.podVolumeRestore()
        #expect(restore.metadata.labels["velero.io/pod-uid"] == Fixture.podUID)
        #expect(restore.restoreUID == "e5" && restore.repositoryNamespace == "shop" && restore.validate() == nil)
        #expect(restore.uploaderType == .restic && restore.snapshotID == "0123abcd")
    }
}
