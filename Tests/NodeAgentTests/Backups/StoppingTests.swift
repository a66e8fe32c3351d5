// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import KubeClient
import KubeModel
import NodeAgent
import ObjectStorage
import TestSupport
import Testing
import VeleroAPI

@Suite("Backups that are stopped", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct StoppingTests {
    private typealias Storages = LatestValue<[HeldStorage]>

    /// A world in which no pack but the first few is stored until the gate opens.
    private func withHeldWorld(
        passing: Int = 0,
        holdsSnapshots: Bool = false,
        _ body: @Sendable (AgentWorld, Gate, Storages) async throws -> Void
    ) async throws {
        let gate = Gate()
        let storages = Storages([])
        try await AgentWorld.with(repositories: { root in
            DirectoryRepositories(root: root) { base in
                let storage = HeldStorage(base, gate: gate, passing: passing, holdsSnapshots: holdsSnapshots)
                storages.update { $0.append(storage) }
                return storage
            }
        }) { world in
            try await body(world, gate, storages)
        }
    }

    private func startedBackup(_ world: AgentWorld, _ name: String) async throws -> (PodVolumeBackup, Backup, Pod) {
        let pod = try await world.makePod("web-\(name)")
        try world.write("content of \(name)", to: world.path(of: "data", in: pod) + "/file")
        let backup = try await world.makeBackup(name)
        return (try await world.backUp(of: pod, for: backup), backup, pod)
    }

    /// Waits until so many packs were to be written, the last of which is held.
    private func wait(forPacks count: Int, _ storages: Storages) async throws {
        let first = try #require(try await storages.next(after: 0)?.value.first)
        try await first.wait(forPacks: count)
    }

    private func locks(_ world: AgentWorld) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: world.repository + "/locks")
    }

    @Test func `a cancelled backup stops, says so on the way, and gives its lock back`() async throws {
        try await withHeldWorld { world, _, storages in
            try await world.withAgent {
                let (resource, _, _) = try await startedBackup(world, "cancelled")
                try await wait(forPacks: 1, storages)
                let cancel: JSONValue = ["spec": ["cancel": true]]
                _ = try await world.client.patch(PodVolumeBackup.self, resource.key, .merge(cancel))
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .canceled)
                #expect(done.completionTimestamp != nil)
                let phases = world.backups.history(resource.name).map(\.phase)
                #expect(phases.contains(.canceling))
            }
            #expect(try locks(world).isEmpty)
        }
    }

    @Test func `a backup cancelled while its snapshot is being saved leaves no snapshot nobody knows of`() async throws
    {
        try await withHeldWorld(holdsSnapshots: true) { world, gate, storages in
            try await world.withAgent {
                let (resource, _, _) = try await startedBackup(world, "late")
                let storage = try #require(try await storages.next(after: 0)?.value.first)
                try await storage.waitForSnapshot()
                let cancel: JSONValue = ["spec": ["cancel": true]]
                _ = try await world.client.patch(PodVolumeBackup.self, resource.key, .merge(cancel))
                try await world.logged("Told the move to stop")
                gate.open()
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .completed, "\(done.phase) \(done.message ?? "")")
                let stored = try FileManager.default.contentsOfDirectory(atPath: world.repository + "/snapshots")
                #expect(stored.count == 1)
                #expect(stored.first?.prefix(8) == done.snapshotID?.prefix(8))
            }
            #expect(try locks(world).isEmpty)
        }
    }

    @Test func `a backup that waits for a slot is cancelled at once`() async throws {
        try await withHeldWorld { world, gate, storages in
            try await world.withAgent {
                let (first, _, _) = try await startedBackup(world, "holds")
                try await wait(forPacks: 1, storages)
                let (second, _, _) = try await startedBackup(world, "waits")
                let cancel: JSONValue = ["spec": ["cancel": true]]
                _ = try await world.client.patch(PodVolumeBackup.self, second.key, .merge(cancel))
                #expect(try await world.backups.end(second.name).phase == .canceled)
                gate.open()
                #expect(try await world.backups.end(first.name).phase == .completed)
            }
        }
    }

    @Test func `a backup does not outlive what it belongs to`() async throws {
        try await withHeldWorld { world, _, storages in
            try await world.withAgent {
                let (resource, backup, _) = try await startedBackup(world, "orphaned")
                try await wait(forPacks: 1, storages)
                try await world.client.delete(Backup.resourceType, backup.key)
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .failed)
                #expect(done.message == "the backup it belongs to is gone")
            }
            #expect(try locks(world).isEmpty)
        }
    }

    @Test func `a backup whose pod is gone fails`() async throws {
        try await withHeldWorld { world, _, storages in
            try await world.withAgent {
                let (resource, _, pod) = try await startedBackup(world, "podless")
                try await wait(forPacks: 1, storages)
                try await world.plane.kubectl([
                    "delete", "pod", "-n", world.podNamespace, pod.name, "--force", "--grace-period=0",
                ])
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .failed)
                #expect(done.message?.hasSuffix("is gone") == true)
            }
        }
    }

    @Test func `a deleted resource stops its move`() async throws {
        try await withHeldWorld { world, _, storages in
            try await world.withAgent {
                let (resource, _, _) = try await startedBackup(world, "deleted")
                try await wait(forPacks: 1, storages)
                try await world.client.delete(PodVolumeBackup.resourceType, resource.key)
                try await world.logged("Stopped moving the volume")
            }
            #expect(try locks(world).isEmpty)
        }
    }

    @Test func `an agent that ends leaves the backup to the next, which goes on`() async throws {
        try await withHeldWorld { world, gate, storages in
            let (resource, _, _) = try await world.withAgent {
                let started = try await startedBackup(world, "resumed")
                try await wait(forPacks: 1, storages)
                return started
            }
            #expect(try locks(world).isEmpty)
            let left = try #require(try await world.client.get(PodVolumeBackup.self, resource.key))
            #expect(left.phase == .inProgress)
            // It began, and was told to end: that is nobody's fault.
            #expect(world.backups.history(resource.name).contains { $0.unfinishedAttempts == 1 })
            #expect(left.unfinishedAttempts == 0)
            gate.open()
            let done = try await world.withAgent { try await world.backups.end(resource.name) }
            #expect(done.phase == .completed)
            #expect(done.startTimestamp == left.startTimestamp)
        }
    }

    @Test func `a backup that agents died of three times fails`() async throws {
        try await AgentWorld.with { world in
            let (resource, _, _) = try await startedBackup(world, "deadly")
            var begun = resource
            begun.begin(at: KubeTime(seconds: Int64(Date().timeIntervalSince1970) - 60))
            begun.unfinishedAttempts = 3
            _ = try await world.client.update(from: resource, to: begun)
            let done = try await world.withAgent { try await world.backups.end(resource.name) }
            #expect(done.phase == .failed)
            #expect(done.message == "the node agent ended 3 times while moving this volume")
        }
    }

    @Test func `what was stored before the agent ended is not sent again`() async throws {
        try await withHeldWorld(passing: 3) { world, gate, storages in
            let pod = try await world.makePod("web-0")
            // A little more than four packs.
            try world.writeRandom(byteCount: 70 << 20, to: world.path(of: "data", in: pod) + "/file")
            let name = try await world.withAgent {
                let name = try await world.backUp(of: pod, for: try await world.makeBackup("large")).name
                try await wait(forPacks: 4, storages)
                return name
            }
            world.repositories.forget()
            gate.open()
            let done = try await world.withAgent { try await world.backups.end(name) }
            #expect(done.phase == .completed, "\(done.message ?? "")")
            // Three packs were there; the rest of the data, and the trees, were still to come.
            let sent = try #require(storages.value.last).packCount.value
            #expect(storages.value.count == 2 && sent <= 3, "\(sent) packs")
            try requireRestic(.newest).run(repository: world.repository, ["check", "--read-data"])
        }
    }

    @Test func `a snapshot stored before its agent died is not made again`() async throws {
        try await AgentWorld.with { world in
            let (resource, _, pod) = try await startedBackup(world, "stored")
            let path = world.path(of: "data", in: pod)
            let restic = try requireRestic(.newest)
            try FileManager.default.createDirectory(atPath: world.repository, withIntermediateDirectories: true)
            try restic.run(repository: world.repository, ["init"])
            // What the agent's own process would have done right before it ended.
            let tags = try #require(resource.tags).flatMap { ["--tag", "\($0.key)=\($0.value)"] }
            try restic.run(
                repository: world.repository,
                ["backup", "--host", "velero"] + tags + ["."],
                directory: path
            )
            var started = resource
            started.begin(at: KubeTime(seconds: Int64(Date().timeIntervalSince1970) - 60))
            _ = try await world.client.update(from: resource, to: started)
            let done = try await world.withAgent { try await world.backups.end(resource.name) }
            #expect(done.phase == .completed, "\(done.message ?? "")")
            let listed = try JSONText.parse(restic.run(repository: world.repository, ["snapshots", "--json"]))
            #expect(listed.array?.count == 1)
            #expect(listed.array?.first?["short_id"]?.string == done.snapshotID)
        }
    }

    @Test func `a store that refuses makes the backup fail with the reason`() async throws {
        try await AgentWorld.with(repositories: { root in
            DirectoryRepositories(root: root) { base in
                FaultyStorage(base, [.init(.fail(StorageError(.denied, "no rights")), on: [.put], prefix: "data/")])
            }
        }) { world in
            try await world.withAgent {
                let (resource, _, _) = try await startedBackup(world, "refused")
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .failed)
                #expect(done.message?.contains("no rights") == true)
                #expect(done.snapshotID == nil)
            }
            #expect(try locks(world).isEmpty)
        }
    }
}
