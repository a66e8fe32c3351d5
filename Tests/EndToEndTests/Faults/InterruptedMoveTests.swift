// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Interrupted moves") struct InterruptedMoveTests {
        private let payload = "head -c 400000000 /dev/urandom > /data/blob"

        @Test("a backup goes on after its agent was killed, and sends nothing twice")
        func backup() async throws {
            try await Workload.with("killed") { workload, cluster in
                let pod = try await workload.pod("writer", volumes: ["data": "emptyDir: {}"], script: payload)
                let started = try await workload.backupInProgress(of: "data", in: pod)
                try await cluster.killAgent()
                let saved = try await workload.end(of: started)
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                try await cluster.restic(["check", "--read-data"], namespace: workload.namespace)
                // Nothing that the first agent stored was stored again: there is nothing that could be removed.
                let unused = try await cluster.restic(["prune", "--dry-run"], namespace: workload.namespace)
                #expect(unused.contains(/total prune: +0 blobs/), "\(unused)")
            }
        }

        @Test("a restore goes on after its agent was killed")
        func restore() async throws {
            try await Workload.with("rekilled") { workload, cluster in
                let pod = try await workload.pod("writer", volumes: ["data": "emptyDir: {}"], script: payload)
                let before = try await cluster.exec(pod, "md5sum /data/blob")
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                let restore = try await workload.restore()
                let fresh = try await workload.pod(
                    "fresh",
                    volumes: ["data": "emptyDir: {}"],
                    waitsForRestore: restore
                )
                let started = try await workload.startRestore(saved, into: fresh, for: restore)
                try await cluster.wait(for: PodVolumeRestore.self, started.key, "in progress") {
                    $0?.phase == .inProgress
                }
                try await cluster.killAgent()
                let restored = try await workload.end(of: started)
                #expect(restored.phase == .completed, "\(restored.message ?? "")")
                try await workload.untilReady(fresh)
                #expect(try await cluster.exec(fresh, "md5sum /data/blob") == before)
            }
        }

        @Test("a backup ends Failed when its pod is deleted, and the agent goes on")
        func podDeleted() async throws {
            try await Workload.with("deleted") { workload, cluster in
                let pod = try await workload.pod("writer", volumes: ["data": "emptyDir: {}"], script: payload)
                let started = try await workload.backupInProgress(of: "data", in: pod)
                try await cluster.kubectl("-n", workload.namespace, "delete", "pod", "writer", "--wait=false")
                let ended = try await workload.end(of: started)
                #expect(ended.phase == .failed)
                #expect(ended.message?.isEmpty == false)
                let next = try await workload.pod(
                    "next",
                    volumes: ["data": "emptyDir: {}"],
                    script: "echo one > /data/one"
                )
                let saved = try await workload.backUp("data", of: next, for: workload.backup("next"))
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
            }
        }

        @Test("a backup that is cancelled stops")
        func cancelled() async throws {
            try await Workload.with("cancelled") { workload, cluster in
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}", "small": "emptyDir: {}"],
                    script: payload + "; echo one > /small/one"
                )
                let small = try await workload.backUp("small", of: pod, for: workload.backup("small"))
                let stored = try #require(small.snapshotID, "\(small.message ?? "")")
                let started = try await workload.backupInProgress(of: "data", in: pod)
                _ = try await cluster.client.patch(
                    PodVolumeBackup.self,
                    started.key,
                    .merge(["spec": ["cancel": true]])
                )
                #expect(try await workload.end(of: started).phase == .canceled)
                let snapshots = try await cluster.restic(["snapshots", "--json"], namespace: workload.namespace)
                #expect(snapshots.components(separatedBy: #""short_id""#).count == 2, "\(snapshots)")
                #expect(snapshots.contains(stored))
                let locks = try await cluster.restic(["list", "locks", "--no-lock"], namespace: workload.namespace)
                #expect(locks.isEmpty)
            }
        }

        @Test("a backup goes on through a restart of the API server")
        func apiServer() async throws {
            try await Workload.with("apiserver") { workload, cluster in
                let pod = try await workload.pod("writer", volumes: ["data": "emptyDir: {}"], script: payload)
                let started = try await workload.backupInProgress(of: "data", in: pod)
                try await cluster.restartAPIServer()
                let saved = try await workload.end(of: started)
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                try await cluster.restic(["check"], namespace: workload.namespace)
            }
        }
    }
}
