// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

/// What is mounted inside of a volume belongs to somebody else.
@Suite("Mounts inside of volumes", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct NestedMountTests {
    @Test func `a backup leaves them out and says so, a restore writes nothing into them`() async throws {
        try await AgentWorld.with { world in
            let backup = try await world.makeBackup("daily")
            let pod = try await world.makePod("web-0")
            let volume = world.path(of: "data", in: pod)
            let outside = world.directory + "/outside"
            try world.write("own", to: volume + "/own/file")
            try world.write("place", to: volume + "/single")
            try world.write("secret", to: outside + "/secret")
            try FileManager.default.createDirectory(atPath: volume + "/mounted", withIntermediateDirectories: true)
            let mounts = try await PrivateMounts([
                (outside, volume + "/mounted"), (outside + "/secret", volume + "/single"),
            ])
            defer { mounts.end() }
            let done = try await world.withAgent {
                $0.podsDirectory = mounts.root + world.podsDirectory
            } _: {
                let resource = try await world.backUp(of: pod, for: backup)
                return try await world.backups.end(resource.name)
            }
            #expect(done.phase == .completed, "\(done.message ?? "")")
            #expect(done.message?.hasPrefix("2 mounts inside of the volume were left out: ") == true)
            let restic = try requireRestic(.newest)
            let listing = try restic.run(repository: world.repository, ["ls", "latest"])
            let lines = listing.split(separator: "\n")
            #expect(lines.contains("/own/file") && lines.contains("/mounted"))
            #expect(!lines.contains { $0.hasSuffix("secret") || $0.hasSuffix("single") })

            let restore = try await world.makeRestore("again", of: "daily")
            let target = try await world.makePod("web-1", initContainer: "restore-wait", phase: "Pending")
            let place = world.path(of: "data", in: target) + "/own"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let trap = try await PrivateMounts([(outside, place)])
            defer { trap.end() }
            let refused = try await world.withAgent {
                $0.podsDirectory = trap.root + world.podsDirectory
            } _: {
                let resource = try await world.restore(done, into: target, for: restore)
                return try await world.restores.end(resource.name)
            }
            #expect(refused.phase == .failed, "\(refused.message ?? "")")
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["secret"])
            #expect(world.read(outside + "/secret") == "secret")
        }
    }
}
