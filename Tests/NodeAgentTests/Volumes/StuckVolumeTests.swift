// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

/// Volumes whose file system does not return from a call, such as those of a file server that is gone.
@Suite("Volumes that do not answer", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct StuckVolumeTests {
    /// A backup that waits for a file, and what holds the file.
    private func stuckBackup(_ world: AgentWorld, _ backup: Backup) async throws -> (PodVolumeBackup, FileLease) {
        let pod = try await world.makePod("stuck")
        let path = world.path(of: "data", in: pod) + "/file"
        try world.write("content", to: path)
        let lease = try await FileLease(path)
        let resource = try await world.backUp(of: pod, for: backup)
        try await lease.waitUntilAsked()
        return (resource, lease)
    }

    @Test func `the backup fails, others go on, and the slot is free once the volume answers`() async throws {
        try await AgentWorld.with { world in
            try await world.withAgent {
                $0.volumePatience = .milliseconds(500)
                $0.configuration.globalConcurrency = 2
            } _: {
                let backup = try await world.makeBackup("daily")
                let (resource, lease) = try await stuckBackup(world, backup)
                defer { lease.release() }
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .failed)
                #expect(done.message?.hasPrefix("the volume does not answer") == true, "\(done.message ?? "")")
                try await world.logged("its slot stays taken")
                let pod = try await world.makePod("healthy")
                try world.write("content", to: world.path(of: "data", in: pod) + "/file")
                let other = try await world.backUp(of: pod, for: backup)
                #expect(try await world.backups.end(other.name).phase == .completed)
                lease.release()
                try await world.logged("A volume answers again")
            }
        }
    }

    @Test func `cancelling reaches the status`() async throws {
        try await AgentWorld.with { world in
            try await world.withAgent {
                $0.stopPatience = .milliseconds(200)
                $0.configuration.globalConcurrency = 2
            } _: {
                let (resource, lease) = try await stuckBackup(world, try await world.makeBackup("daily"))
                defer { lease.release() }
                let cancel: JSONValue = ["spec": ["cancel": true]]
                _ = try await world.client.patch(PodVolumeBackup.self, resource.key, .merge(cancel))
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .canceled)
                #expect(world.backups.history(resource.name).contains { $0.phase == .canceling })
            }
        }
    }

    @Test func `an agent ends when all its slots are stuck, and what it ended is not taken up again`() async throws {
        try await AgentWorld.with { world in
            let agent = world.agent { $0.volumePatience = .milliseconds(500) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await agent.run() }
                let (resource, lease) = try await stuckBackup(world, try await world.makeBackup("daily"))
                defer { lease.release() }
                do {
                    try await group.next()
                    Issue.record("the agent ended as if it had been told to")
                } catch {
                    #expect("\(error)".hasPrefix("no slot is left"))
                }
                let done = try await world.client.get(PodVolumeBackup.self, resource.key)
                #expect(done?.phase == .failed)
            }
        }
    }
}
