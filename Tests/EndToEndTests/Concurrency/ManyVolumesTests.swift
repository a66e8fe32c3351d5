// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Many volumes at once") struct ManyVolumesTests {
        @Test("20 pods on one node are all stored, at each concurrency", arguments: [1, 4, 16])
        func manyPods(concurrency: Int) async throws {
            try await Workload.with("many\(concurrency)") { workload, cluster in
                try await cluster.setConcurrency(concurrency)
                let pods = try await withThrowingTaskGroup(of: Pod.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            try await workload.pod(
                                "writer-\(number)",
                                volumes: ["data": "emptyDir: {}"],
                                script: "head -c 1000000 /dev/urandom > /data/blob"
                            )
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let backup = workload.backup()
                let ended = try await withThrowingTaskGroup(of: PodVolumeBackup.self) { group in
                    for pod in pods { group.addTask { try await workload.backUp("data", of: pod, for: backup) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for saved in ended { #expect(saved.phase == .completed, "\(saved.message ?? "")") }
                #expect(Set(ended.compactMap(\.snapshotID)).count == 20)
                try await cluster.restic(["check", "--read-data"], namespace: workload.namespace)
            }
        }
    }
}
