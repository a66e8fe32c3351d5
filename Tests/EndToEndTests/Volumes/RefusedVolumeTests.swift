// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Volumes without files of their own") struct RefusedVolumeTests {
        @Test("hostPath volumes are refused")
        func hostPath() async throws {
            try await Workload.with("hostpath") { workload, _ in
                let pod = try await workload.pod("host", volumes: ["data": "hostPath: {path: /tmp}"])
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .failed)
                #expect(saved.message?.contains("hostPath") == true)
            }
        }

        @Test("projected and configMap volumes are left out where all volumes are taken")
        func projected() async throws {
            try await Workload.with("projected") { workload, cluster in
                try await cluster.kubectl(
                    "-n",
                    workload.namespace,
                    "create",
                    "configmap",
                    "settings",
                    "--from-literal=a=b"
                )
                let pod = try await workload.pod(
                    "mixed",
                    volumes: [
                        "data": "emptyDir: {}", "settings": "configMap: {name: settings}",
                        "all": "projected: {sources: [{configMap: {name: settings}}]}",
                    ]
                )
                #expect(PodVolumeChoice(pod, takesAll: true).chosen == ["data"])
            }
        }
    }
}
