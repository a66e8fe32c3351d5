// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

@Suite("Many backups at once", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct ManyBackupsTests {
    @Test(arguments: [1, 4])
    func `twenty backups share one repository and keep to the slots`(concurrency: Int) async throws {
        try await AgentWorld.with { world in
            let backup = try await world.makeBackup("daily")
            var pods: [Pod] = []
            for index in 0..<20 {
                let pod = try await world.makePod("web-\(index)")
                try world.write("content \(index)", to: world.path(of: "data", in: pod) + "/file")
                pods.append(pod)
            }
            let all = pods
            let running = Shared((now: Set<String>(), most: 0))
            let watch = world.backups.onChange { resource in
                running.change { running in
                    if resource.phase == .inProgress {
                        running.now.insert(resource.name)
                    } else {
                        running.now.remove(resource.name)
                    }
                    running.most = max(running.most, running.now.count)
                }
            }
            defer { watch.end() }
            try await world.withAgent {
                $0.configuration.globalConcurrency = concurrency
                $0.progressInterval = .seconds(60)
            } _: {
                var names: [String] = []
                for pod in all { names.append(try await world.backUp(of: pod, for: backup).name) }
                for name in names {
                    let done = try await world.backups.end(name)
                    #expect(done.phase == .completed, "\(done.message ?? "")")
                }
            }
            #expect(running.value.most <= concurrency)
            // Each is claimed, ended, and told about; the rest is the agent's start.
            let requests = world.agentHTTP.requests.value
            let patches = requests.count { $0.contains("/podvolumebackups/") }
            #expect(patches <= 20 * 2 + 4, "\(requests)")
            let events = requests.count { $0.contains("/events") }
            #expect(events <= 20, "\(requests)")
            #expect(requests.count - patches - events <= 20, "\(requests)")
            #expect(world.repositories.openCount.value == 1)
            let restic = try requireRestic(.newest)
            let listed = try JSONText.parse(restic.run(repository: world.repository, ["snapshots", "--json"]))
            #expect(listed.array?.count == 20)
            try restic.run(repository: world.repository, ["check", "--read-data"])
        }
    }

    @Test func `a backup is claimed well within a second and tells how far it is`() async throws {
        let gate = Gate()
        try await AgentWorld.with(repositories: { root in
            DirectoryRepositories(root: root) { HeldStorage($0, gate: gate, passing: 1) }
        }) { world in
            let pod = try await world.makePod("web-0")
            let path = world.path(of: "data", in: pod)
            for index in 0..<3 {
                try world.writeRandom(byteCount: 24 << 20, to: "\(path)/\(index)", seed: UInt64(index))
            }
            try await world.withAgent {
                try await world.logged("The node agent runs")
                let first = try await world.backUp(of: pod, for: try await world.makeBackup("first"))
                let clock = ContinuousClock()
                let start = clock.now
                try await world.backups.wait(first.name) { $0.phase == .inProgress }
                #expect(start.duration(to: clock.now) < .seconds(1))
                let underWay = try await world.backups.wait(first.name) {
                    $0.bytesDone ?? 0 > 0 && $0.totalBytes == 72 << 20
                }
                #expect(underWay.phase == .inProgress)
                #expect(underWay.bytesDone ?? 0 < 72 << 20)
                #expect(underWay.path == path)
                gate.open()
                let done = try await world.backups.end(first.name)
                #expect(done.phase == .completed)
                #expect(done.bytesDone == 72 << 20 && done.filesDone == 3)
            }
        }
    }
}
