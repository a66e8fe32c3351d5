// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension EndToEnd {
    @Suite("Volumes behind claims") struct ClaimedVolumeTests {
        @Test("local volumes are stored under the claim's uid, whichever pod mounts them next")
        func local() async throws {
            try await Workload.with("local") { workload, cluster in
                try await workload.claim("data", storageClass: "local", volume: try await workload.localVolume())
                let pod = try await workload.pod(
                    "first",
                    volumes: ["data": "persistentVolumeClaim: {claimName: data}"],
                    script: "head -c 5000000 /dev/urandom > /data/blob"
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup("first"))
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                #expect(saved.path?.contains("kubernetes.io~local-volume") == true)
                let claimUID = try #require(saved.tags?["pvc-uid"])

                try await cluster.kubectl("-n", workload.namespace, "delete", "pod", "first")
                let next = try await workload.pod(
                    "second",
                    volumes: ["again": "persistentVolumeClaim: {claimName: data}"]
                )
                let second = try await workload.backUp("again", of: next, for: workload.backup("second"))
                #expect(second.phase == .completed, "\(second.message ?? "")")
                #expect((second.incrementalBytes ?? .max) < 100_000)
                #expect(second.volumeDigest == saved.volumeDigest)
                let described = try await cluster.restic(
                    ["snapshots", "--json", "--tag", "pvc-uid=\(claimUID)"],
                    namespace: workload.namespace
                )
                #expect(described.contains(#""parent":"\#(try #require(saved.snapshotID))"#))
            }
        }

        @Test("NFS volumes, whose server squashes owners, go out and come back")
        func nfs() async throws {
            try await Workload.with("nfs") { workload, cluster in
                try await workload.claim("data", storageClass: "", volume: try await workload.nfsVolume("plain"))
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "persistentVolumeClaim: {claimName: data}"],
                    script: "mkdir /data/d; echo one > /data/d/one; head -c 2000000 /dev/urandom > /data/blob"
                )
                let sums = "cd /data && find . -type f ! -path './.velero/*' | sort | xargs md5sum"
                let before = try await cluster.exec(pod, sums)
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                #expect(saved.path?.contains("/volumes/kubernetes.io~nfs/") == true)

                try await workload.claim("fresh", storageClass: "", volume: try await workload.nfsVolume("squash"))
                let restore = try await workload.restore()
                let fresh = try await workload.pod(
                    "writer2",
                    volumes: ["data": "persistentVolumeClaim: {claimName: fresh}"],
                    waitsForRestore: restore
                )
                let restored = try await workload.restore(saved, into: fresh, for: restore)
                #expect(restored.phase == .completed, "\(restored.message ?? "")")
                try await workload.untilReady(fresh)
                #expect(try await cluster.exec(fresh, sums) == before)
            }
        }

        @Test("a file that cannot be read fails the volume and names the file", arguments: ["EIO", "ESTALE"])
        func unreadable(fault: String) async throws {
            try await Workload.with("broken") { workload, cluster in
                try await workload.claim("data", storageClass: "", volume: try await workload.nfsVolume("faulty"))
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "persistentVolumeClaim: {claimName: data}"],
                    script: "echo fine > /data/fine; head -c 3000000 /dev/urandom > /data/fails-with-\(fault)"
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .failed)
                #expect(saved.message?.contains("fails-with-\(fault)") == true, "\(saved.message ?? "")")
            }
        }

        @Test("a volume that answers every stat late is stored whole")
        func slow() async throws {
            try await Workload.with("slow") { workload, cluster in
                try await workload.claim("data", storageClass: "", volume: try await workload.nfsVolume("slow"))
                let pod = try await workload.pod(
                    "writer",
                    volumes: ["data": "persistentVolumeClaim: {claimName: data}"],
                    script: "for n in $(seq 40); do echo $n > /data/file-$n; done"
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                let listed = try await cluster.restic(
                    ["ls", try #require(saved.snapshotID)],
                    namespace: workload.namespace
                )
                #expect(listed.components(separatedBy: "/file-").count == 41)
            }
        }

        @Test("volumes of CSI drivers lie one directory deeper")
        func csi() async throws {
            try await Workload.with("csi") { workload, cluster in
                let volume = try await workload.csiVolume()
                try await workload.claim("data", storageClass: "", volume: volume)
                // No driver serves the volume here, so the pod never gets beyond waiting for it; its directory is made by hand.
                let pod = try await workload.scheduledPod("writer", claim: "data")
                let directory = workload.directory(of: volume, in: pod, plugin: "kubernetes.io~csi") + "/mount"
                try await cluster.run(
                    ExternalProgram(path: "/bin/sh"),
                    ["-c", "mkdir -p '\(directory)/d' && echo one > '\(directory)/d/one'"]
                )
                let saved = try await workload.backUp("data", of: pod, for: workload.backup())
                #expect(saved.phase == .completed, "\(saved.message ?? "")")
                #expect(saved.path?.hasSuffix("/volumes/kubernetes.io~csi/\(volume)/mount") == true)
            }
        }
    }
}
