// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import KubeClient
import KubeModel
import NodeAgent
import Telemetry
import TestSupport
import Testing
import VeleroAPI

@Suite("Backups through outages", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct OutageTests {
    @Test func `an API server that was away is told the end when it is back`() async throws {
        let gate = Gate()
        let storages = LatestValue<[HeldStorage]>([])
        try await AgentWorld.with(repositories: { root in
            DirectoryRepositories(root: root) { base in
                let storage = HeldStorage(base, gate: gate)
                storages.update { $0.append(storage) }
                return storage
            }
        }) { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            try await world.withAgent {
                let name = try await world.backUp(of: pod, for: try await world.makeBackup("daily")).name
                let storage = try #require(try await storages.next(after: 0)?.value.first)
                try await storage.wait(forPacks: 1)
                await world.plane.killAPIServer()
                gate.open()
                try await world.logged("Stored a snapshot of the volume")
                try await world.plane.startAPIServer()
                let done = try await world.backups.end(name)
                #expect(done.phase == .completed)
                #expect(done.snapshotID?.count == 8)
            }
        }
    }

    @Test func `what happened is counted under Velero's names`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            try await world.withAgent {
                let backup = try await world.makeBackup("daily")
                let good = try await world.backUp(of: pod, for: backup)
                let goodEnd = try await world.backups.end(good.name)
                #expect(goodEnd.phase == .completed)
                let bad = try await world.backUp(of: pod, for: backup) { resource in
                    resource.metadata.name = "bad"
                    resource.volume = "none"
                }
                let badEnd = try await world.backups.end(bad.name)
                #expect(badEnd.phase == .failed)
                for phase in ["Completed", "Failed"] { try await world.logged("phase=\(phase)") }
            }
            let text = world.metrics.text
            for line in [
                #"podVolume_pod_volume_backup_enqueue_count{node="\#(world.node)"} 2"#,
                #"podVolume_pod_volume_backup_dequeue_count{node="\#(world.node)"} 2"#,
                #"podVolume_pod_volume_operation_latency_seconds_count{node="\#(world.node)",operation="backup"} 2"#,
                #"velero_agent_volume_operations_total{operation="backup",result="completed"} 1"#,
                #"velero_agent_volume_operations_total{operation="backup",result="failed"} 1"#,
                #"velero_agent_volume_bytes_total{operation="backup"} 7"#,
                #"velero_agent_volume_files_total{operation="backup"} 1"#,
                #"velero_agent_running_operations{operation="backup"} 0"#,
                #"velero_agent_claim_latency_seconds_count{operation="backup"} 2"#,
            ] {
                #expect(text.contains(line + "\n"), "\(line) is not in \(text)")
            }
        }
    }
}
