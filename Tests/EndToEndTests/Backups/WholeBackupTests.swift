// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Backups of a namespace") struct WholeBackupTests {
        @Test("hooks run, objects and volumes are stored, and the Backup counts them")
        func namespace() async throws {
            try await Workload.with("whole") { workload, cluster in
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}"],
                    script: "head -c 1000000 /dev/urandom > /data/blob"
                )
                try await cluster.kubectl(
                    "-n",
                    workload.namespace,
                    "annotate",
                    "pod",
                    pod.name,
                    #"pre.hook.backup.velero.io/command=["/bin/sh", "-c", "echo quiet > /data/hooked"]"#
                )
                var backup = Backup(name: workload.namespace, namespace: EndToEndCluster.namespace)
                backup.includedNamespaces = [workload.namespace]
                backup.defaultVolumesToFsBackup = true
                let made = try await cluster.client.create(backup)
                let ended = try await cluster.wait(for: Backup.self, made.key, "at its end", within: .seconds(180)) {
                    $0?.phase.isFinal ?? true
                }
                #expect(ended?.phase == .completed, "\(ended?.failureReason ?? "")")
                #expect((ended?.itemsBackedUp ?? 0) > 2)
                #expect(ended?.hooksAttempted == 1 && (ended?.hooksFailed ?? 0) == 0)

                let volumes = try await cluster.kubectl(
                    "-n",
                    EndToEndCluster.namespace,
                    "get",
                    "podvolumebackups",
                    "-l",
                    "velero.io/backup-name=\(made.name)",
                    "-o",
                    "jsonpath={.items[*].status.snapshotID}"
                )
                let listed = try await cluster.restic(["ls", volumes], namespace: workload.namespace)
                #expect(listed.contains("\n/blob\n") && listed.contains("\n/hooked\n"), "\(listed)")
            }
        }
    }
}
