// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("emptyDir volumes") struct EmptyDirTests {
        @Test("go into a repository that restic reads, and come back into a new pod")
        func roundTrip() async throws {
            try await Workload.with("emptydir") { workload, cluster in
                let script = """
                    cd /data && mkdir -p a/b && echo hello > a/b/file && ln -s b/file a/link && ln a/b/file hard \
                    && head -c 3000000 /dev/urandom > blob && chmod 640 blob && chown 1234:4321 blob && touch -d @1000000000 hard
                    """
                let pod = try await workload.pod("writer", volumes: ["data": "emptyDir: {}"], script: script)
                let listing =
                    "cd /data && find . ! -name .velero | sort | xargs stat -c '%n %s %f %u %g %Y %h' && md5sum blob hard"
                let before = try await cluster.exec(pod, listing)

                let backup = workload.backup()
                let saved = try await workload.backUp("data", of: pod, for: backup)
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                #expect((saved.bytesDone ?? 0) > 3_000_000)
                #expect(saved.volumeDigest?.isEmpty == false)

                let id = try #require(saved.snapshotID)
                try await cluster.restic(["check", "--read-data"], namespace: workload.namespace)
                let listed = try await cluster.restic(["ls", id], namespace: workload.namespace)
                #expect(listed.contains("\n/a/b/file\n"))
                let snapshots = try await cluster.restic(
                    ["snapshots", "--json", "--tag", "volume=data,pod=writer,ns=\(workload.namespace)"],
                    namespace: workload.namespace
                )
                #expect(snapshots.contains(#""hostname":"velero""#))

                let restore = try await workload.restore()
                let fresh = try await workload.pod(
                    "fresh",
                    volumes: ["data": "emptyDir: {}"],
                    waitsForRestore: restore
                )
                let restored = try await workload.restore(saved, into: fresh, for: restore)
                #expect(restored.phase == .completed, "\(restored.message ?? "")")
                try await workload.untilReady(fresh)
                #expect(try await cluster.exec(fresh, listing) == before)
                #expect(try await cluster.exec(fresh, "ls -A /data | grep -c velero || true") == "0\n")
            }
        }

        @Test("that are empty end well, without a snapshot")
        func empty() async throws {
            try await Workload.with("nothing") { workload, _ in
                let pod = try await workload.pod("idle", volumes: ["data": "emptyDir: {}"])
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed)
                #expect(saved.message == "volume was empty so no snapshot was taken")
                #expect(saved.snapshotID == nil)
            }
        }

        @Test("are stored incrementally")
        func incremental() async throws {
            try await Workload.with("again") { workload, cluster in
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "emptyDir: {}"],
                    script: "head -c 20000000 /dev/urandom > /data/blob"
                )
                let first = try await workload.backUp("data", of: pod, for: workload.backup("first"))
                #expect(first.phase == .completed, "\(first.message ?? "")")
                try await cluster.exec(pod, "echo more > /data/more")
                let second = try await workload.backUp("data", of: pod, for: workload.backup("second"))
                #expect(second.phase == .completed, "\(second.message ?? "")")
                #expect((second.incrementalBytes ?? .max) < 100_000)
                let described = try await cluster.restic(
                    ["snapshots", "--json", try #require(second.snapshotID)],
                    namespace: workload.namespace
                )
                #expect(described.contains(#""parent":"\#(try #require(first.snapshotID))"#))
            }
        }

        @Test("shared by two containers and mounted read-only or in part are stored whole")
        func shared() async throws {
            try await Workload.with("shared") { workload, cluster in
                try await workload.apply(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: two}
                    spec:
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: writer
                        image: localhost/busybox:1
                        command: [sh, -c, 'echo one > /data/one; mkdir -p /data/part; exec sleep 100000']
                        volumeMounts: [{name: data, mountPath: /data}]
                      - name: reader
                        image: localhost/busybox:1
                        command: [sleep, '100000']
                        volumeMounts: [{name: data, mountPath: /part, subPath: part, readOnly: true}]
                      volumes: [{name: data, emptyDir: {}}]
                    """
                )
                let key = ObjectKey(namespace: workload.namespace, name: "two")
                let pod = try await cluster.wait(for: Pod.self, key, "ready") {
                    $0?.containerStatuses.count == 2 && $0?.containerStatuses.allSatisfy(\.isReady) == true
                }
                let saved = try await workload.backUp("data", of: try #require(pod), for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                let listed = try await cluster.restic(
                    ["ls", try #require(saved.snapshotID)],
                    namespace: workload.namespace
                )
                #expect(listed.contains("\n/one\n") && listed.contains("\n/part\n"))
            }
        }
    }
}
