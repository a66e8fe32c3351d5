// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

@Suite("Events of backups and restores", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct EventTests {
    /// Waits for the event that tells how a resource ended.
    private func event(of name: String, _ reason: String, in world: AgentWorld) async throws -> Event {
        let latest = LatestValue<[Event]>([])
        let reflector = Reflector(
            Reflector.Configuration(Event.resourceType, namespace: world.veleroNamespace),
            client: world.client,
            store: ObjectStore(),
            onChange: { change in
                if let object = change.new { latest.update { $0.append(Event(object: object)) } }
            }
        )
        return try await withThrowingTaskGroup(of: Event?.self) { group in
            group.addTask {
                try await reflector.run()
                return nil
            }
            group.addTask {
                var version = 0
                while let next = try await latest.next(after: version) {
                    version = next.version
                    if let found = next.value.first(where: { $0.involvedName == name && $0.reason == reason }) {
                        return found
                    }
                }
                return nil
            }
            defer { group.cancelAll() }
            let first = try await group.next()
            return try #require(first ?? nil)
        }
    }

    @Test func `ends are told as events, good ones and bad ones`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            try await world.withAgent {
                let backup = try await world.makeBackup("daily")
                let good = try await world.backUp(of: pod, for: backup)
                let done = try await world.backups.end(good.name)
                let completed = try await event(of: good.name, "Completed", in: world)
                #expect(completed.severity == .normal && completed.involvedKind == "PodVolumeBackup")
                #expect(completed.message == "volume data is stored as snapshot \(done.snapshotID ?? "")")

                let bad = try await world.backUp(of: pod, for: backup) { resource in
                    resource.metadata.name = "bad"
                    resource.volume = "none"
                }
                let ended = try await world.backups.end(bad.name)
                let failed = try await event(of: bad.name, "Failed", in: world)
                #expect(failed.severity == .warning && failed.message == ended.message)

                let restore = try await world.makeRestore("again", of: "daily")
                let target = try await world.makePod("web-1", initContainer: "restore-wait", phase: "Pending")
                let restored = try await world.restore(done, into: target, for: restore)
                let told = try await event(of: restored.name, "Completed", in: world)
                #expect(told.message == "volume data is restored from snapshot \(done.snapshotID ?? "")")
            }
        }
    }

    @Test func `that a backup goes on under another agent is told, and how it ends without having begun`() async throws
    {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            let resource = try await world.backUp(of: pod, for: try await world.makeBackup("daily"))
            var begun = resource
            begun.begin(at: KubeTime(seconds: 1_700_000_000))
            _ = try await world.client.update(from: resource, to: begun)
            try await world.withAgent {
                let resumed = try await event(of: resource.name, "Resumed", in: world)
                #expect(resumed.severity == .normal)
                try await world.backups.end(resource.name)
                let gone = try await world.backUp(of: pod, for: try await world.makeBackup("later")) {
                    $0.podUID = "00000000-0000-0000-0000-000000000000"
                }
                let failed = try await event(of: gone.name, "Failed", in: world)
                #expect(failed.message.hasSuffix("is gone"))
            }
        }
    }
}
