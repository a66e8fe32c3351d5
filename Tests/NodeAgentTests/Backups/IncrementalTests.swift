// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

@Suite("Later backups of volumes", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct IncrementalTests {
    private func snapshots(_ world: AgentWorld) throws -> [JSONValue] {
        let text = try requireRestic(.newest).run(repository: world.repository, ["snapshots", "--json"])
        return try #require(try JSONText.parse(text).array)
    }

    @Test func `unchanged files of a claim are not read again, also by another pod`() async throws {
        try await AgentWorld.with { world in
            let claim = try await world.makeClaim("data-claim")
            let backup = try await world.makeBackup("daily")
            try await world.withAgent {
                var volumeName = ""
                for (index, podName) in ["web-0", "web-1"].enumerated() {
                    let pod = try await world.makePod(podName, claims: ["data": claim])
                    volumeName = try #require(claim.volumeName)
                    let path = world.path(of: volumeName, in: pod, plugin: "kubernetes.io~local-volume")
                    if index == 0 {
                        try world.write(String(repeating: "row ", count: 500_000), to: path + "/table")
                    } else {
                        // The same volume, mounted for another pod.
                        let key = ObjectKey(namespace: world.podNamespace, name: "web-0")
                        let found = try await world.client.get(Pod.self, key)
                        let earlier = try #require(found)
                        let source = world.path(of: volumeName, in: earlier, plugin: "kubernetes.io~local-volume")
                        try FileManager.default.createDirectory(
                            atPath: (path as NSString).deletingLastPathComponent,
                            withIntermediateDirectories: true
                        )
                        try FileManager.default.moveItem(atPath: source, toPath: path)
                        try world.write("new", to: path + "/note")
                    }
                    let name = try await world.backUp(of: pod, for: backup, claim: claim).name
                    let done = try await world.backups.end(name)
                    #expect(done.phase == .completed, "\(done.message ?? "")")
                    #expect(done.path == path)
                    if index == 1 { #expect(done.incrementalBytes ?? 0 < 10_000) }
                }
            }
            let snapshots = try snapshots(world)
            #expect(snapshots.count == 2)
            #expect(snapshots.last?["parent"]?.string == snapshots.first?["id"]?.string)
            #expect(snapshots.last?["summary"]?["files_unmodified"]?.int == 1)
            #expect(snapshots.last?["tags"]?.strings?.contains("pvc-uid=\(claim.metadata.uid ?? "")") == true)
        }
    }

    @Test func `a parent that was deleted only costs reading everything`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            try await world.withAgent {
                let first = try await world.backUp(of: pod, for: try await world.makeBackup("one")).name
                let id = try #require(try await world.backups.end(first).snapshotID)
                try requireRestic(.newest).run(repository: world.repository, ["forget", id])
                let second = try await world.backUp(of: pod, for: try await world.makeBackup("two")).name
                let done = try await world.backups.end(second)
                #expect(done.phase == .completed)
                #expect(done.snapshotID != nil && done.snapshotID != id)
            }
            let snapshots = try snapshots(world)
            #expect(snapshots.count == 1)
            #expect(snapshots.first?["parent"] == nil)
        }
    }

    @Test func `an empty volume is completed without a snapshot`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            let done = try await world.withAgent {
                let name = try await world.backUp(of: pod, for: try await world.makeBackup("daily")).name
                return try await world.backups.end(name)
            }
            #expect(done.phase == .completed)
            #expect(done.message == "volume was empty so no snapshot was taken")
            #expect(done.snapshotID == nil)
            #expect(try snapshots(world).isEmpty)
        }
    }
}
