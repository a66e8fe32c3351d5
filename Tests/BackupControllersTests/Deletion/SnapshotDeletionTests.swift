// SPDX-License-Identifier: Apache-2.0

import KubeModel
import LocationAccess
import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct SnapshotDeletionTests {
    private func volume(_ namespace: String, _ location: String, _ snapshot: String?, mover: RepositoryType = .restic)
        -> PodVolumeBackup
    {
        var volume = PodVolumeBackup(name: "v", namespace: "velero")
        volume.podNamespace = namespace
        volume.backupStorageLocation = location
        volume.snapshotID = snapshot
        volume.uploaderType = mover
        return volume
    }

    @Test func `snapshots are sorted by repository; those that cannot be looked for are told`() {
        let (snapshots, problems) = SnapshotDeletion.snapshots(of: [
            volume("shop", "default", "aaaaaaaa"), volume("shop", "default", "bbbbbbbb"),
            volume("shop", "default", "aaaaaaaa"), volume("shop", "second", "cccccccc"), volume("web", "default", ""),
            volume("web", "default", nil), volume("web", "default", "../../config"),
            volume("../web", "default", "dddddddd"), volume("web", "default", "k1234567", mover: .kopia),
        ])
        #expect(
            snapshots == [
                RepositoryKey(namespace: "shop", location: "default"): ["aaaaaaaa", "bbbbbbbb"],
                RepositoryKey(namespace: "shop", location: "second"): ["cccccccc"],
            ]
        )
        #expect(problems.count == 3)
    }
}
