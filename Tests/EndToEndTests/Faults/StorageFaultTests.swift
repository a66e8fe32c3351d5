// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Faults of the store") struct StorageFaultTests {
        /// A location of its own for a test, whose requests pass through a proxy.
        private func location(
            _ name: String,
            _ cluster: EndToEndCluster,
            through proxy: FaultProxy,
            accessMode: String = "ReadWrite"
        ) async throws {
            var location = BackupStorageLocation(name: name, namespace: EndToEndCluster.namespace)
            location.provider = "aws"
            location.bucket = "velero"
            location.prefix = name
            location.config = ["region": "us-east-1", "s3ForcePathStyle": "true", "s3Url": proxy.url]
            location.object["spec", "accessMode"] = .string(accessMode)
            _ = try await cluster.client.create(location)
        }

        @Test("refused and dropped connections are survived")
        func dropped() async throws {
            try await Workload.with("dropped") { workload, cluster in
                let host = EndToEndCluster.hostAddress
                try await FaultProxy.with(host: host, upstreamPort: cluster.store.port) { proxy in
                    try await location(workload.namespace, cluster, through: proxy)
                    proxy.setScript { request in
                        switch request.number % 7 {
                        case 1: .reset
                        case 3: .internalError
                        case 5 where request.method == "PUT": .loseResponse
                        default: .none
                        }
                    }
                    let pod = try await workload.pod(
                        "writer",
                        volumes: ["data": "emptyDir: {}"],
                        script: "head -c 50000000 /dev/urandom > /data/blob"
                    )
                    let backup = workload.backup(location: workload.namespace)
                    let saved = try await workload.backUp("data", of: pod, for: backup)
                    #expect(saved.phase == .completed, "\(saved.message ?? "")")
                }
            }
        }

        @Test("a location made read-only takes no backup, and says so")
        func readOnly() async throws {
            try await Workload.with("readonly") { workload, cluster in
                let host = EndToEndCluster.hostAddress
                try await FaultProxy.with(host: host, upstreamPort: cluster.store.port) { proxy in
                    try await location(workload.namespace, cluster, through: proxy, accessMode: "ReadOnly")
                    let pod = try await workload.pod(
                        "writer",
                        volumes: ["data": "emptyDir: {}"],
                        script: "echo one > /data/one"
                    )
                    let backup = workload.backup(location: workload.namespace)
                    let saved = try await workload.backUp("data", of: pod, for: backup)
                    #expect(saved.phase == .failed)
                    #expect(saved.message?.contains("ReadOnly") == true, "\(saved.message ?? "")")
                    #expect(!proxy.requests.contains { ["PUT", "POST", "DELETE"].contains($0.method) })
                }
            }
        }

        @Test("a repository with another password fails the backup, and the message names the Secret")
        func wrongPassword() async throws {
            try await Workload.with("password") { workload, cluster in
                var environment = cluster.store.environment
                environment["RESTIC_PASSWORD"] = "another password"
                let restic = try ResticProgram.Release.newest.program()
                try await cluster.run(
                    restic,
                    ["-r", cluster.repository(of: workload.namespace), "init"],
                    environment: environment
                )
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}"],
                    script: "echo one > /data/one"
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .failed)
                #expect(saved.message?.contains("velero-repo-credentials") == true, "\(saved.message ?? "")")
            }
        }
    }
}
