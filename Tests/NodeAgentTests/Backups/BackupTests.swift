// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import TestSupport
import Testing
import VeleroAPI

@Suite("Backups of volumes", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct BackupTests {
    @Test(arguments: [ResticProgram.Release.distribution, .newest])
    func `a volume becomes a snapshot that restic lists and restores`(release: ResticProgram.Release) async throws {
        let restic = try requireRestic(release)
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            let volume = SampleVolume(world.path(of: "data", in: pod))
            removeTree(volume.path)
            try volume.make(seed: 1)
            let backup = try await world.makeBackup("daily")
            let done = try await world.withAgent {
                let name = try await world.backUp(of: pod, for: backup).name
                return try await world.backups.end(name)
            }
            #expect(done.phase == .completed)
            #expect(done.message == nil)
            #expect(done.path == volume.path)
            #expect(done.startTimestamp != nil && done.completionTimestamp != nil)
            let id = try #require(done.snapshotID)
            #expect(id.count == 8)
            #expect(done.volumeDigest?.count == 64)
            #expect(done.bytesDone == done.totalBytes && done.totalBytes ?? 0 > 2_500_000)
            let listed = try JSONText.parse(restic.run(repository: world.repository, ["snapshots", "--json"]))
            let snapshots = try #require(listed.array)
            #expect(snapshots.count == 1)
            let snapshot = try #require(snapshots.first)
            #expect(snapshot["short_id"]?.string == id)
            #expect(snapshot["hostname"]?.string == "velero")
            #expect(snapshot["paths"]?.strings == [volume.path])
            let uid = try #require(pod.metadata.uid)
            let backupUID = try #require(backup.metadata.uid)
            #expect(
                Set(snapshot["tags"]?.strings ?? []) == [
                    "backup=daily", "backup-uid=\(backupUID)", "ns=\(world.podNamespace)", "pod=web-0",
                    "pod-uid=\(uid)", "volume=data",
                ]
            )
            let target = world.directory + "/restored"
            try restic.run(repository: world.repository, ["restore", id, "--target", target])
            let restored = SampleVolume(target)
            #expect(try restored.describe().dropFirst() == volume.describe().dropFirst())
        }
    }
}
