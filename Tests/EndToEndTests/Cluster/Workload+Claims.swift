// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import VeleroAPI

extension Workload {
    /// A claim bound to a volume made for it.
    func claim(_ name: String, storageClass: String, volume: String) async throws {
        try await apply(
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: \(name)}
            spec: {storageClassName: '\(storageClass)', volumeName: \(volume), accessModes: [ReadWriteMany],
              resources: {requests: {storage: 1Gi}}}
            """
        )
    }

    /// A local volume on the node; its name.
    func localVolume() async throws -> String {
        try await volume(storageClass: "local", "local: {path: '\(try await directory("local"))'}", isLocal: true)
    }

    /// A volume of an NFS server, for which another file system stands in.
    ///
    /// - Parameter kind: How it behaves: `plain`, `squash` (owners cannot be changed), or `faulty` (files called `fails-with-ERRNO` do).
    func nfsVolume(_ kind: String) async throws -> String {
        try await volume(storageClass: "", "nfs: {server: stand-in, path: '/\(kind)\(try await directory(kind))'}")
    }

    /// A volume of a CSI driver that no node has.
    func csiVolume() async throws -> String {
        try await volume(storageClass: "", "csi: {driver: efs.example.org, volumeHandle: \(namespace)}")
    }

    /// A pod that is assigned to the node and waits for its volume there.
    func scheduledPod(_ name: String, claim: String) async throws -> Pod {
        try await apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(name)}
            spec:
              containers: [{name: main, image: 'localhost/busybox:1', command: [sleep, '100000'],
                volumeMounts: [{name: data, mountPath: /data}]}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: \(claim)}}]
            """
        )
        let key = ObjectKey(namespace: namespace, name: name)
        let pod = try await cluster.wait(for: Pod.self, key, "scheduled") { $0?.nodeName != nil }
        guard let pod else { throw EndToEndCluster.Failure(description: "pod \(key) is gone") }
        return pod
    }

    private func directory(_ name: String) async throws -> String {
        let made = try await cluster.run(
            ExternalProgram(path: "/bin/sh"),
            ["-c", "directory=$(mktemp -d) && chmod 777 $directory && echo $directory"]
        )
        return String(made.dropLast())
    }

    private func volume(storageClass: String, _ source: String, isLocal: Bool = false) async throws -> String {
        let name = "\(namespace)-\(UInt32.random(in: 0...UInt32.max))"
        let affinity = """
            nodeAffinity:
                required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}
            """
        try await apply(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: \(name)}
            spec:
              storageClassName: '\(storageClass)'
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteMany]
              persistentVolumeReclaimPolicy: Retain
              \(source)
              \(isLocal ? affinity : "")
            """
        )
        return name
    }
}
