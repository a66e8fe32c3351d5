// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

@Suite("Ends the server refuses", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct UnwritableEndTests {
    /// Makes the server refuse what says one of these phases.
    private func refuse(_ phases: [String], in world: AgentWorld, status: Int = 422) {
        world.agentHTTP.refusal.change {
            $0 = { request in
                guard request.method == "PATCH", case .pieces(let pieces) = request.body else { return nil }
                let text = String(decoding: pieces.joined(), as: UTF8.self)
                return phases.contains { text.contains("\"\($0)\"") } ? status : nil
            }
        }
    }

    private func startedBackup(_ world: AgentWorld) async throws -> (PodVolumeBackup, Backup) {
        let pod = try await world.makePod("web-0")
        try world.write("content", to: world.path(of: "data", in: pod) + "/file")
        let backup = try await world.makeBackup("daily")
        return (try await world.backUp(of: pod, for: backup), backup)
    }

    @Test func `a backup whose end the server refuses fails and says so`() async throws {
        try await AgentWorld.with { world in
            refuse(["Completed"], in: world)
            try await world.withAgent {
                let (resource, _) = try await startedBackup(world)
                let done = try await world.backups.end(resource.name)
                #expect(done.phase == .failed)
                #expect(done.message?.hasPrefix("the end cannot be written") == true, "\(done.message ?? "")")
            }
        }
    }

    @Test func `it is not moved again, but may still be cancelled or lose what it belongs to`() async throws {
        try await AgentWorld.with { world in
            refuse(["Completed", "Failed"], in: world)
            try await world.withAgent {
                let (resource, backup) = try await startedBackup(world)
                try await world.logged("Writing the end into the status failed")
                let cancel: JSONValue = ["spec": ["cancel": true]]
                _ = try await world.client.patch(PodVolumeBackup.self, resource.key, .merge(cancel))
                #expect(try await world.backups.end(resource.name).phase == .canceled)
                #expect(world.logLines.count { $0.contains("Moving the volume ") } == 1)

                let other = try await world.makePod("web-1")
                try world.write("content", to: world.path(of: "data", in: other) + "/file")
                let orphan = try await world.backUp(of: other, for: backup)
                try await world.logged("Writing the end into the status failed", count: 2)
                refuse([], in: world)
                try await world.client.delete(Backup.resourceType, backup.key)
                let done = try await world.backups.end(orphan.name)
                #expect(done.message == "the backup it belongs to is gone")
            }
        }
    }
}
