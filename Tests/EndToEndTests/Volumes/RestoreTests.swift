// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Restores into pods") struct RestoreTests {
        @Test("a pod that runs is left alone unless it is asked for")
        func runningPod() async throws {
            try await Workload.with("running") { workload, cluster in
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}"],
                    script: "echo before > /data/file"
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                try await cluster.exec(pod, "echo after > /data/file")
                let refused = try await workload.restore(saved, into: pod, for: try await workload.restore("refused"))
                #expect(refused.phase == .failed)
                #expect(try await cluster.exec(pod, "cat /data/file") == "after\n")
                let restored = try await workload.restore(
                    saved,
                    into: pod,
                    for: try await workload.restore("asked")
                ) { $0.metadata[annotation: VeleroAnnotation.restoreIntoRunningPod] = "true" }
                #expect(restored.phase == .completed, "\(restored.message ?? "")")
                #expect(try await cluster.exec(pod, "cat /data/file") == "before\n")
            }
        }

        @Test("a wait container behind other init containers is waited for")
        func laterWaitContainer() async throws {
            try await Workload.with("later") { workload, cluster in
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}", "more": "emptyDir: {}"],
                    script: "echo one > /data/file; echo two > /more/file"
                )
                let backup = workload.backup()
                let data = try await workload.backUp("data", of: pod, for: backup)
                let more = try await workload.backUp("more", of: pod, for: backup)
                let restore = try await workload.restore()
                let fresh = try await workload.pod(
                    "fresh",
                    volumes: ["data": "emptyDir: {}", "more": "emptyDir: {}"],
                    waitsForRestore: restore,
                    initContainersBefore: true
                )
                #expect(try await workload.restore(data, into: fresh, for: restore).phase == .completed)
                // The pod starts when the last of its volumes is there, and not before.
                let waiting = try await cluster.client.get(Pod.self, fresh.key)
                #expect(waiting.flatMap(RestoreWaitContainer.init(in:))?.isTerminated == false)
                #expect(try await workload.restore(more, into: fresh, for: restore).phase == .completed)
                try await workload.untilReady(fresh)
                #expect(try await cluster.exec(fresh, "cat /data/file /more/file") == "one\ntwo\n")
            }
        }
    }
}
