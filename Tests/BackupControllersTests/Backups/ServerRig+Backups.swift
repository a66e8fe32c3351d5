// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import VeleroAPI

@testable import BackupControllers

/// Objects to back up, and what became of them.
extension ServerRig {
    /// Makes objects from YAML or JSON.
    func apply(_ manifest: String) async throws {
        // Text that begins with a brace would be taken for JSON.
        try await plane.kubectl(["apply", "-f", "-"], input: "---\n" + manifest)
    }

    func makeBackup(_ name: String, _ spec: JSONValue) async throws -> ObjectKey {
        var backup = Backup(name: name, namespace: namespace)
        backup["spec"] = spec
        return try await client.create(backup).key
    }

    /// Makes a backup and waits for its end.
    func backUp(_ name: String, _ spec: JSONValue) async throws -> Backup {
        let key = try await makeBackup(name, spec)
        return try await wait(Backup.self, key) { $0.phase.isFinal }
    }

    // MARK: Pods

    /// A node with a node agent on it, as far as the server can tell.
    func makeNode(_ name: String) async throws {
        try await apply(#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "\#(name)"}}"#)
        try await makePod("node-agent-\(name)", in: namespace, on: name) { $0.metadata.labels = ["name": "node-agent"] }
    }

    /// A pod that runs, as far as the API server can tell.
    func makePod(
        _ name: String,
        in namespace: String,
        on node: String,
        phase: String = "Running",
        _ change: (inout Pod) -> Void = { _ in }
    ) async throws {
        var pod = Pod(name: name, namespace: namespace)
        pod["spec"] = [
            "nodeName": .string(node), "containers": [["name": "main", "image": "example.org/none"]],
        ]
        change(&pod)
        let made = try await client.create(pod)
        let status: JSONValue = ["status": ["phase": .string(phase)]]
        _ = try await client.patch(Pod.self, made.key, .merge(status), subresource: "status")
    }

    /// A claim bound to a volume of its own.
    func makeClaim(_ name: String, in namespace: String, volume: JSONValue = ["nfs": ["server": "s", "path": "/x"]])
        async throws
    {
        var bound = PersistentVolume(name: "\(namespace)-\(name)")
        bound["spec"] = [
            "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"], "storageClassName": "none",
            "claimRef": ["namespace": .string(namespace), "name": .string(name)],
        ]
        for (source, value) in volume.object ?? [:] { bound["spec", source] = value }
        _ = try await client.create(bound)
        var claim = PersistentVolumeClaim(name: name, namespace: namespace)
        claim["spec"] = [
            "accessModes": ["ReadWriteOnce"], "storageClassName": "none", "volumeName": .string(bound.name),
            "resources": ["requests": ["storage": "1Gi"]],
        ]
        let made = try await client.create(claim)
        let status: JSONValue = ["status": ["phase": "Bound"]]
        _ = try await client.patch(PersistentVolumeClaim.self, made.key, .merge(status), subresource: "status")
    }

    /// Waits for a backup of a volume of the pod.
    func waitForVolume(of pod: String) async throws -> PodVolumeBackup {
        let latest = LatestValue<PodVolumeBackup?>(nil)
        let reflector = Reflector(
            Reflector.Configuration(PodVolumeBackup.resourceType, namespace: namespace),
            client: client,
            store: ObjectStore(),
            onChange: { change in
                guard let volume = change.new.map(PodVolumeBackup.init(object:)), volume.podName == pod else { return }
                latest.update { $0 = volume }
            }
        )
        let following = Task { try await reflector.run() }
        defer { following.cancel() }
        var version = 0
        while true {
            guard let next = try await latest.next(after: version) else { throw CancellationError() }
            version = next.version
            if let volume = next.value, !volume.phase.isFinal { return volume }
        }
    }

    /// Ends the backup of a volume, as an agent does.
    func finish(_ volume: PodVolumeBackup, _ phase: PodVolumePhase = .completed) async throws {
        var ended = volume
        if phase == .completed {
            let time = ConfigurationEnvironment.systemTime()
            ended.complete(snapshotID: "abcdef0123456789", byteCount: 10, newByteCount: 5, digest: nil, at: time)
        } else {
            ended.finish(phase, message: "the disk is on fire", at: ConfigurationEnvironment.systemTime())
        }
        _ = try await client.update(from: volume, to: ended)
    }

    // MARK: The bucket

    func bucketPath(_ backup: String, location: String = "default") -> String {
        "\(directory)/buckets/\(location)/backups/\(backup)"
    }

    /// Names of the backup's objects in the bucket.
    func bucketNames(_ backup: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: bucketPath(backup))) ?? []).sorted()
    }

    /// Paths of the tarball, as tar lists them.
    func tarballPaths(_ backup: String) throws -> [String] {
        let output = try requireProgram("tar").run(["-tzf", "\(bucketPath(backup))/\(backup).tar.gz"])
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Objects of the tarball as `resource/namespace/name` or `resource/name`, each once.
    func items(_ backup: String) throws -> [String] {
        try tarballPaths(backup).compactMap { path in
            let parts = path.replacing(".json", with: "").split(separator: "/")
            guard parts.first == "resources", ["cluster", "namespaces"].contains(parts[2]) else { return nil }
            return ([parts[1]] + parts[3...]).joined(separator: "/")
        }.sorted()
    }

    func item(_ path: String, of backup: String) throws -> KubeObject {
        let output = try requireProgram("tar").run(["-xOzf", "\(bucketPath(backup))/\(backup).tar.gz", path])
        return try KubeObject(parsing: output)
    }

    /// The text of a compressed object in the bucket.
    func text(_ suffix: String, of backup: String) throws -> String {
        String(
            decoding: try requireProgram("gzip").run(["-dc", "\(bucketPath(backup))/\(backup)-\(suffix).gz"]),
            as: UTF8.self
        )
    }

    func json(_ suffix: String, of backup: String) throws -> JSONValue {
        try JSONText.parse(try text("\(suffix)", of: backup).trimmingCharacters(in: .newlines))
    }
}
