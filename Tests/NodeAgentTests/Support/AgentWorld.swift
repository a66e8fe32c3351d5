// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterTestSupport
import Foundation
import HTTPTransport
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import NodeAgent
import Telemetry
import TestSupport
import VeleroAPI

/// A cluster of which only the API server is real: a node, pods that are said to run, and their directories on this disk.
final class AgentWorld: Sendable {
    let client: KubeClient
    /// The requests of agents.
    let agentHTTP: CountingHTTPClient
    let directory: String
    let repositories: DirectoryRepositories
    /// Names of this world alone, since tests share the API server.
    let node: String
    let veleroNamespace: String
    let podNamespace: String
    let backups: ResourceWatch<PodVolumeBackup>
    let restores: ResourceWatch<PodVolumeRestore>
    /// What agents log.
    let metrics = MetricRegistry()
    private let log = LatestValue<[String]>([])
    let plane: ControlPlane

    var podsDirectory: String { directory + "/host_pods" }
    var repository: String { repositories.path(podNamespace) }

    private init(
        plane: ControlPlane,
        client: KubeClient,
        agentHTTP: CountingHTTPClient,
        directory: String,
        repositories: DirectoryRepositories
    ) {
        self.plane = plane
        self.client = client
        self.agentHTTP = agentHTTP
        self.directory = directory
        self.repositories = repositories
        let tag = UUID().uuidString.prefix(8).lowercased()
        node = "node-\(tag)"
        veleroNamespace = "velero-\(tag)"
        podNamespace = "shop-\(tag)"
        backups = ResourceWatch(client: client, namespace: veleroNamespace)
        restores = ResourceWatch(client: client, namespace: veleroNamespace)
    }

    /// Runs `body` in a fresh world.
    static func with(
        repositories: (@Sendable (_ root: String) -> DirectoryRepositories)? = nil,
        _ body: @Sendable (AgentWorld) async throws -> Void
    ) async throws {
        let plane = try ControlPlane.required()
        try await plane.installKinds()
        let configuration = plane.administrator
        try await withTemporaryDirectory { directory in
            let provider =
                repositories?(directory + "/repositories") ?? DirectoryRepositories(root: directory + "/repositories")
            try await CurlHTTPClient.withClient(configuration: configuration.transport) { http in
                let client = KubeClient(configuration, http: http, limits: ControlPlane.unhurried)
                let world = AgentWorld(
                    plane: plane,
                    client: client,
                    agentHTTP: CountingHTTPClient(http),
                    directory: directory,
                    repositories: provider
                )
                try await world.prepare()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await world.backups.reflector.run() }
                    group.addTask { try await world.restores.reflector.run() }
                    try await body(world)
                    group.cancelAll()
                }
            }
        }
    }

    private func prepare() async throws {
        try FileManager.default.createDirectory(atPath: podsDirectory, withIntermediateDirectories: true)
        for name in [veleroNamespace, podNamespace] { _ = try await client.create(Namespace(name: name)) }
        var node = Node(name: node)
        node.metadata.labels = ["kubernetes.io/os": "linux"]
        _ = try await client.create(node)
    }

    // MARK: The agent

    var settings: NodeAgentSettings {
        var settings = NodeAgentSettings(node: node, namespace: veleroNamespace)
        settings.podsDirectory = podsDirectory
        settings.progressInterval = .milliseconds(100)
        settings.programVersion = "velero test"
        return settings
    }

    func agent(_ change: (inout NodeAgentSettings) -> Void = { _ in }) -> NodeAgent {
        var settings = settings
        change(&settings)
        let log = log
        let logger = Logger(label: "test") { _ in RecordingLogHandler(log: log) }
        let agentClient = KubeClient(client.configuration, http: agentHTTP)
        return NodeAgent(
            settings: settings,
            client: agentClient,
            repositories: repositories,
            metrics: metrics,
            logger: logger
        )
    }

    /// Runs an agent while `body` runs; it has ended when this returns.
    func withAgent<Result: Sendable>(
        _ change: (inout NodeAgentSettings) -> Void = { _ in },
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let agent = agent(change)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                do {
                    try await agent.run()
                } catch is CancellationError {}
                return nil
            }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    /// What agents have logged.
    var logLines: [String] { log.value }

    /// Waits until an agent has logged so many lines with this text.
    func logged(_ text: String, count: Int = 1) async throws {
        var version = 0
        while log.value.count(where: { $0.contains(text) }) < count {
            guard let next = try await log.next(after: version) else { return }
            version = next.version
        }
    }

    // MARK: Pods and their volumes

    /// A running pod of this node whose emptyDir volumes have their directories.
    func makePod(
        _ name: String,
        volumes: [String] = ["data"],
        claims: [String: PersistentVolumeClaim] = [:],
        initContainer: String? = nil,
        phase: String = "Running"
    ) async throws -> Pod {
        var pod = Pod(name: name, namespace: podNamespace)
        pod["spec", "nodeName"] = .string(node)
        pod["spec", "containers"] = [["name": "main", "image": "example.org/none"]]
        pod["spec", "volumes"] = .array(
            volumes.map { name in
                guard let claim = claims[name] else { return ["name": .string(name), "emptyDir": [:]] }
                return ["name": .string(name), "persistentVolumeClaim": ["claimName": .string(claim.name)]]
            }
        )
        if let initContainer {
            pod["spec", "initContainers"] = [["name": .string(initContainer), "image": "example.org/none"]]
        }
        let created = try await client.create(pod)
        for volume in volumes where claims[volume] == nil {
            try FileManager.default.createDirectory(
                atPath: path(of: volume, in: created),
                withIntermediateDirectories: true
            )
        }
        var status: JSONValue = ["phase": .string(phase)]
        if let initContainer {
            status["initContainerStatuses"] = [
                [
                    "name": .string(initContainer), "ready": false, "restartCount": 0, "image": "", "imageID": "",
                    "state": ["running": [:]],
                ]
            ]
        }
        return try await client.patch(Pod.self, created.key, .merge(["status": status]), subresource: "status")
    }

    /// Where a pod's emptyDir is.
    func path(of volume: String, in pod: Pod, plugin: String = "kubernetes.io~empty-dir") -> String {
        "\(podsDirectory)/\(pod.metadata.uid ?? "")/volumes/\(plugin)/\(volume)"
    }

    func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Writes bytes that cannot be compressed.
    func writeRandom(byteCount: Int, to path: String, seed: UInt64 = 7) throws {
        var generator = SplitMixGenerator(seed: seed)
        var bytes = Data(capacity: byteCount)
        while bytes.count < byteCount {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Velero's resources

    /// A Backup that resources may belong to.
    func makeBackup(_ name: String) async throws -> Backup {
        var backup = Backup(name: name, namespace: veleroNamespace)
        backup.storageLocation = "default"
        return try await client.create(backup)
    }

    func makeRestore(_ name: String, of backup: String) async throws -> Restore {
        var restore = Restore(name: name, namespace: veleroNamespace)
        restore["spec", "backupName"] = .string(backup)
        return try await client.create(restore)
    }

    /// Asks for the backup of a pod's volume.
    @discardableResult
    func backUp(
        _ volume: String = "data",
        of pod: Pod,
        for backup: Backup,
        claim: PersistentVolumeClaim? = nil,
        _ change: (inout PodVolumeBackup) -> Void = { _ in }
    ) async throws -> PodVolumeBackup {
        var resource = PodVolumeBackup(of: volume, pod: pod, claim: claim, for: backup, repository: "local:/none")
        change(&resource)
        return try await client.create(resource)
    }

    /// A claim with the local volume it is bound to.
    func makeClaim(_ name: String) async throws -> PersistentVolumeClaim {
        var volume = PersistentVolume(name: "pv-\(podNamespace)-\(name)")
        volume["spec"] = [
            "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"], "storageClassName": "local",
            "local": ["path": "/mnt"],
            "claimRef": ["namespace": .string(podNamespace), "name": .string(name)],
            "nodeAffinity": [
                "required": [
                    "nodeSelectorTerms": [
                        ["matchExpressions": [["key": "kubernetes.io/os", "operator": "Exists"]]]
                    ]
                ]
            ],
        ]
        _ = try await client.create(volume)
        var claim = PersistentVolumeClaim(name: name, namespace: podNamespace)
        claim["spec"] = [
            "accessModes": ["ReadWriteOnce"], "storageClassName": "local", "volumeName": .string(volume.name),
            "resources": ["requests": ["storage": "1Gi"]],
        ]
        return try await client.create(claim)
    }

    /// Asks for the restore of a volume into a pod.
    @discardableResult
    func restore(
        _ backup: PodVolumeBackup,
        into pod: Pod,
        for restore: Restore,
        _ change: (inout PodVolumeRestore) -> Void = { _ in }
    ) async throws -> PodVolumeRestore {
        var resource = PodVolumeRestore(of: backup, into: pod, claim: nil, for: restore, repository: "local:/none")
        change(&resource)
        return try await client.create(resource)
    }
}
