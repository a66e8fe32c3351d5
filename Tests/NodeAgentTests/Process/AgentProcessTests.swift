// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Foundation
import KubeClient
import KubeModel
import NodeAgent
import ObjectStorage
import RepositoryEngine
import TestSupport
import Testing
import VeleroAPI

/// The built program, with memory and kills as they are.
@Suite("The agent as a process", .controlPlane, .tags(.integration, .slow), .serialized, .timeLimit(.minutes(10)))
struct AgentProcessTests {
    private static let volumeByteCount = 96 << 20

    @Test(arguments: [1, 4])
    func `memory stays within its bound whatever is moved at once`(concurrency: Int) async throws {
        try await AgentWorld.with { world in
            let beside = Bundle.main.bundleURL.deletingLastPathComponent().path + "/velero"
            let binary = ProcessInfo.processInfo.environment["VELERO_BINARY"] ?? beside
            try await prepare(world, concurrency: concurrency)
            let backup = try await world.makeBackup("daily")
            var names: [String] = []
            for index in 0..<4 {
                let pod = try await world.makePod("web-\(index)")
                let path = world.path(of: "data", in: pod) + "/file"
                try requireProgram("bash").run(["-c", "head -c \(Self.volumeByteCount) /dev/urandom >\(path)"])
                let resource = try await world.backUp(of: pod, for: backup) {
                    $0.repoIdentifier = "local:" + world.repository
                }
                names.append(resource.name)
            }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: binary)
            process.arguments = [
                "node-agent", "server", "--metrics-address", "127.0.0.1:0", "--pods-directory", world.podsDirectory,
                "--node-agent-configmap", "agent", "--kubeconfig", world.plane.kubeconfig,
            ]
            process.environment = [
                "NODE_NAME": world.node, "VELERO_NAMESPACE": world.veleroNamespace, "HOME": world.directory,
            ]
            try process.run()
            defer { process.terminate() }
            for name in names {
                let done = try await world.backups.end(name)
                #expect(done.phase == .completed, "\(done.message ?? "")")
            }
            let restore = try await world.makeRestore("again", of: "daily")
            for (index, name) in names.enumerated() {
                let pod = try await world.makePod("r-\(index)", initContainer: "restore-wait", phase: "Pending")
                let done = try #require(world.backups.history(name).last)
                let resource = try await world.restore(done, into: pod, for: restore)
                names[index] = resource.name
            }
            for name in names {
                let done = try await world.restores.end(name)
                #expect(done.phase == .completed, "\(done.message ?? "")")
            }
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
            let peak = try #require(Int(line.filter(\.isNumber)))
            #expect(peak < 256 << 10, "\(peak) KiB")
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    private func prepare(_ world: AgentWorld, concurrency: Int) async throws {
        let password = RepositoryPassword("test password")
        var options = InitializeOptions()
        options.keyDerivation = Scrypt.Parameters(costFactor: 1024, blockFactor: 8, parallelism: 1)
        _ = try await Repository.initialize(
            on: DirectoryStorage(root: world.repository),
            password: password,
            options: options
        )
        var secret = Secret(name: VeleroObjectName.repositoryCredentials, namespace: world.veleroNamespace)
        secret[data: VeleroObjectName.repositoryPasswordKey] = Array("test password".utf8)
        _ = try await world.client.create(secret)
        var map = ConfigMap(name: "agent", namespace: world.veleroNamespace)
        map.data = ["config": #"{"loadConcurrency": {"globalConfig": \#(concurrency)}}"#]
        _ = try await world.client.create(map)
        var location = BackupStorageLocation(name: "default", namespace: world.veleroNamespace)
        location.provider = "aws"
        location.bucket = "none"
        location.config = ["resticRepoPrefix": "file://" + world.directory + "/repositories"]
        _ = try await world.client.create(location)
        var repository = BackupRepository(
            name: ObjectName.backupRepository(namespace: world.podNamespace, location: "default", type: .restic),
            namespace: world.veleroNamespace
        )
        repository.metadata.labels = [
            VeleroLabel.volumeNamespace: world.podNamespace, VeleroLabel.storageLocation: "default",
            VeleroLabel.repositoryType: "restic",
        ]
        repository.volumeNamespace = world.podNamespace
        repository.backupStorageLocation = "default"
        repository.repositoryType = .restic
        repository.resticIdentifier = "local:" + world.repository
        repository["spec", "maintenanceFrequency"] = "168h0m0s"
        repository.phase = .ready
        _ = try await world.client.create(repository)
    }
}
