// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

@Suite("Restores of volumes", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct RestoreTests {
    /// A completed backup of a sample volume.
    private func sample(_ world: AgentWorld) async throws -> (PodVolumeBackup, SampleVolume) {
        let pod = try await world.makePod("source-0")
        let volume = SampleVolume(world.path(of: "data", in: pod))
        removeTree(volume.path)
        try volume.make(seed: 3)
        let done = try await world.withAgent {
            let name = try await world.backUp(of: pod, for: try await world.makeBackup("daily")).name
            return try await world.backups.end(name)
        }
        #expect(done.phase == .completed)
        return (done, volume)
    }

    @Test func `a waiting pod's volume becomes what was backed up, and the marker tells so`() async throws {
        try await AgentWorld.with { world in
            let (backup, volume) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restore-wait", phase: "Pending")
            let target = SampleVolume(world.path(of: "data", in: pod))
            // Comes from an earlier restore, and must not release the pod.
            try world.write("", to: target.path + "/.velero/old")
            let done = try await world.withAgent {
                let resource = try await world.restore(backup, into: pod, for: restore)
                return try await world.restores.end(resource.name)
            }
            #expect(done.phase == .completed, "\(done.message ?? "")")
            #expect(done.node == world.node)
            #expect(done.bytesDone == done.totalBytes && done.totalBytes ?? 0 > 2_500_000)
            let markers = try FileManager.default.contentsOfDirectory(atPath: target.path + "/.velero")
            #expect(markers == [try #require(restore.metadata.uid)])
            removeTree(target.path + "/.velero")
            // The first line is the root, whose time the markers change.
            #expect(try target.describe().dropFirst() == volume.describe().dropFirst())
            let attributes = try FileManager.default.attributesOfItem(atPath: target.path)
            let original = try FileManager.default.attributesOfItem(atPath: volume.path)
            #expect(attributes[.posixPermissions] as? Int == original[.posixPermissions] as? Int)
        }
    }

    @Test func `a running pod's volume is left alone unless the resource says otherwise`() async throws {
        try await AgentWorld.with { world in
            let (backup, _) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("running-0")
            try await world.withAgent {
                let refused = try await world.restore(backup, into: pod, for: restore)
                let end = try await world.restores.end(refused.name)
                #expect(end.phase == .failed)
                #expect(end.message?.contains(VeleroAnnotation.restoreIntoRunningPod) == true)
                #expect(try FileManager.default.contentsOfDirectory(atPath: world.path(of: "data", in: pod)).isEmpty)
                let allowed = try await world.restore(backup, into: pod, for: restore) { resource in
                    resource.metadata.name = "allowed"
                    resource.metadata[annotation: VeleroAnnotation.restoreIntoRunningPod] = "true"
                }
                let done = try await world.restores.end(allowed.name)
                #expect(done.phase == .completed, "\(done.message ?? "")")
                #expect(FileManager.default.fileExists(atPath: world.path(of: "data", in: pod) + "/db/table"))
            }
        }
    }

    @Test func `a restore waits until the pod's waiting container runs`() async throws {
        try await AgentWorld.with { world in
            let (backup, _) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restic-wait", phase: "Pending")
            @Sendable func setState(_ state: JSONValue) async throws {
                let status: JSONValue = [
                    "initContainerStatuses": [
                        [
                            "name": "restic-wait", "ready": false, "restartCount": 0, "image": "", "imageID": "",
                            "state": state,
                        ]
                    ]
                ]
                _ = try await world.client.patch(
                    Pod.self,
                    pod.key,
                    .merge(["status": status]),
                    subresource: "status"
                )
            }
            try await setState(["waiting": ["reason": "PodInitializing"]])
            try await world.withAgent {
                let resource = try await world.restore(backup, into: pod, for: restore)
                try await world.logged("does not run yet")
                #expect(world.restores.history(resource.name).allSatisfy { $0.phase == .new })
                try await setState(["running": [:]])
                #expect(try await world.restores.end(resource.name).phase == .completed)
            }
        }
    }

    @Test func `a restore that an agent left unfinished is done by the next`() async throws {
        try await AgentWorld.with { world in
            let (backup, volume) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restore-wait", phase: "Pending")
            let target = SampleVolume(world.path(of: "data", in: pod))
            // As a process leaves it that was killed in the middle: claimed, and some of it written.
            try world.write("half of it", to: target.path + "/db/table")
            let resource = try await world.restore(backup, into: pod, for: restore) { resource in
                resource.node = world.node
                resource.begin(at: KubeTime(seconds: 1_800_000_000))
            }
            let done = try await world.withAgent { try await world.restores.end(resource.name) }
            #expect(done.phase == .completed, "\(done.message ?? "")")
            #expect(done.startTimestamp == KubeTime(seconds: 1_800_000_000))
            removeTree(target.path + "/.velero")
            #expect(try target.describe().dropFirst() == volume.describe().dropFirst())
        }
    }

    @Test func `a restore whose Restore is gone, and one that was cancelled, end without touching the volume`()
        async throws
    {
        try await AgentWorld.with { world in
            let (backup, _) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restore-wait", phase: "Pending")
            let cancelled = try await world.restore(backup, into: pod, for: restore) { resource in
                resource.metadata.name = "cancelled"
                resource.cancel = true
            }
            let orphan = try await world.restore(backup, into: pod, for: restore)
            try await world.client.delete(Restore.resourceType, restore.key)
            try await world.withAgent {
                let end = try await world.restores.end(orphan.name)
                #expect(end.phase == .failed && end.message == "the restore it belongs to is gone")
                let other = try await world.restores.end(cancelled.name)
                #expect(other.phase.isFinal)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: world.path(of: "data", in: pod)).isEmpty)
        }
    }

    @Test(arguments: ["--help", "../../keys/x", "latest", "0123"])
    func `what is no id of a snapshot is refused`(id: String) async throws {
        try await AgentWorld.with { world in
            let (backup, _) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restore-wait", phase: "Pending")
            let done = try await world.withAgent {
                let resource = try await world.restore(backup, into: pod, for: restore) { $0.snapshotID = id }
                return try await world.restores.end(resource.name)
            }
            #expect(done.phase == .failed)
            #expect(done.message == "spec.snapshotID is no id of a snapshot")
        }
    }

    @Test func `a snapshot that is gone, and a damaged one, fail and leave no marker`() async throws {
        try await AgentWorld.with { world in
            let (backup, _) = try await sample(world)
            let restore = try await world.makeRestore("again", of: "daily")
            let pod = try await world.makePod("restored-0", initContainer: "restore-wait", phase: "Pending")
            // Damages every pack of data beyond its header.
            let packs = world.repository + "/data"
            for case let name as String in try #require(FileManager.default.enumerator(atPath: packs)) {
                let path = packs + "/" + name
                guard var bytes = FileManager.default.contents(atPath: path), bytes.count > 1_000_000
                else { continue }
                for index in stride(from: 1000, to: bytes.count - 100_000, by: 100_000) { bytes[index] ^= 1 }
                removeTree(path)
                try bytes.write(to: URL(fileURLWithPath: path))
            }
            try await world.withAgent {
                let damaged = try await world.restore(backup, into: pod, for: restore)
                let end = try await world.restores.end(damaged.name)
                #expect(end.phase == .failed)
                #expect(end.message?.contains("could not be restored") == true, "\(end.message ?? "")")
                let gone = try await world.restore(backup, into: pod, for: restore) { resource in
                    resource.metadata.name = "gone"
                    resource.snapshotID = "0123abcd"
                }
                #expect(try await world.restores.end(gone.name).message?.contains("0123abcd") == true)
            }
            #expect(!FileManager.default.fileExists(atPath: world.path(of: "data", in: pod) + "/.velero"))
        }
    }
}
