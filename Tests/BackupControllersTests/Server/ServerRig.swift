// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import RepositoryEngine
import ResticFormat
import Telemetry
import TestSupport
import VeleroAPI

@testable import BackupControllers
@testable import LocationAccess

extension RepositoryAccess.Version {
    static func testing(_ identifier: String) -> Self {
        Self(identifier: identifier, isReadOnly: false, config: [:], certificates: "", secrets: [])
    }
}

/// A namespace of its own on the suite's API server with the controllers running in it, and a directory for repositories.
struct ServerRig: Sendable {
    let cluster: VeleroNamespace
    let directory: String
    private let server = Shared<Task<Void, any Error>?>(nil)

    var client: KubeClient { cluster.client }
    var plane: ControlPlane { cluster.plane }
    var namespace: String { cluster.namespace }

    static let password = "static-passw0rd"

    static func with(
        _ namespace: String,
        settings change: (inout ControllerSettings) -> Void = { _ in },
        stores: ((KubeClient) -> any StoreProvider)? = nil,
        commands: any CommandRunner = ScriptedCommands(),
        usesBuckets: Bool = false,
        now: @escaping @Sendable () -> KubeTime = ConfigurationEnvironment.systemTime,
        prepare: (ServerRig) async throws -> Void = { _ in },
        _ body: (ServerRig) async throws -> Void
    ) async throws {
        var settings = ControllerSettings(namespace: namespace)
        settings.lockWait = .seconds(1)
        change(&settings)
        let ready = settings
        try await withTemporaryDirectory { directory in
            try await VeleroNamespace.with(namespace) { cluster in
                let rig = ServerRig(cluster: cluster, directory: directory)
                try await prepare(rig)
                let events = EventRecorder(client: cluster.client, component: "velero", host: "")
                let places: any StoreProvider
                if let stores {
                    places = stores(cluster.client)
                } else {
                    places = usesBuckets ? rig.stores : DirectoryStores(root: directory + "/buckets")
                }
                let server = ControllerServer(
                    settings: ready,
                    client: cluster.client,
                    repositories: rig.repositories(),
                    parts: BackupParts(stores: places, commands: commands),
                    lifecycle: LifecycleParts(
                        stores: places,
                        probes: places,
                        links: LocationLinks(client: cluster.client, namespace: namespace, variables: [:])
                    ),
                    events: events,
                    metrics: MetricRegistry(),
                    logger: Self.log,
                    now: now
                )
                let serving = Task { try await server.run() }
                rig.server.change { $0 = serving }
                let running = [serving, Task { try await events.run() }]
                defer { for task in running { task.cancel() } }
                try await body(rig)
            }
        }
    }

    private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Tells the server to end, and waits until it has.
    func stopServer() async {
        server.value?.cancel()
        _ = await server.value?.result
    }

    func repositories(holder: HolderIdentity? = nil, time: WallClock = .system) -> LocationRepositories {
        var configuration = LocationRepositories.Configuration(namespace: namespace)
        configuration.probeTime = .zero
        configuration.freshness = .zero
        configuration.openOptions.wallClock = time
        if let holder { configuration.holder = holder }
        return LocationRepositories(configuration, client: client, logger: Self.log)
    }

    // MARK: Objects

    /// Makes a location whose repositories are in ``directory``.
    func makeLocation(_ name: String = "default", _ change: (inout BackupStorageLocation) -> Void = { _ in })
        async throws
    {
        try await cluster.makeLocation(name) { location in
            location.config = ["resticRepoPrefix": directory + "/" + name]
            change(&location)
        }
    }

    func changeLocation(named name: String = "default", _ change: JSONValue) async throws {
        try await cluster.changeLocation(named: name, change)
    }

    func makeRepository(_ pods: String = "shop", in location: String = "default") async throws -> ObjectKey {
        var repository = BackupRepository(for: pods, in: location, of: namespace, name: "\(pods)-\(location)")
        repository.repositoryType = .restic
        return try await client.create(repository).key
    }

    func key(_ name: String) -> ObjectKey { cluster.key(name) }

    /// Waits for a state of an object, told by the server's watch.
    func wait<Resource: KubeResource>(
        _: Resource.Type,
        _ key: ObjectKey,
        until isMet: (Resource) -> Bool
    ) async throws -> Resource {
        let latest = LatestValue<KubeObject?>(nil)
        let reflector = Reflector(
            Reflector.Configuration(
                Resource.resourceType,
                namespace: key.namespace,
                options: ListOptions(fields: FieldSelector("metadata.name", is: key.name))
            ),
            client: client,
            store: ObjectStore(),
            onChange: { change in latest.update { $0 = change.new } }
        )
        let following = Task { try await reflector.run() }
        defer { following.cancel() }
        var version = 0
        while true {
            guard let next = try await latest.next(after: version) else { throw CancellationError() }
            version = next.version
            if let resource = next.value.map(Resource.init(object:)), isMet(resource) { return resource }
        }
    }

    /// The events of the namespace, as soon as they are as wanted.
    func events(until isMet: ([Event]) -> Bool) async throws -> [Event] {
        while true {
            // Each turn costs a request, so this is no busy loop; the suite's limit ends it.
            let events = try await client.list(Event.self, namespace: namespace)
            if isMet(events) { return events }
        }
    }

    func waitForPhase(_ key: ObjectKey, _ phase: RepositoryPhase) async throws -> BackupRepository {
        try await wait(BackupRepository.self, key) { $0.phase == phase }
    }

    // MARK: restic

    @discardableResult
    func restic(
        _ arguments: [String],
        repository: String = "default/shop",
        password: String = Self.password,
        in working: String? = nil
    ) throws -> String {
        let output = try ResticProgram.Release.distribution.program().run(
            ["--no-cache", "--repo", "\(directory)/\(repository)"] + arguments,
            environment: ["RESTIC_PASSWORD": password],
            directory: working
        )
        return String(decoding: output, as: UTF8.self)
    }

    /// Backs up a small directory of that content and returns the snapshot's id.
    func backup(_ name: String, megabytes: Int = 1) throws -> String {
        let volume = "\(directory)/volume-\(name)"
        try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: true)
        var generator = SplitMixGenerator(seed: UInt64(name.utf8.reduce(0) { $0 * 31 + Int($1) }))
        try Data(generator.bytes(megabytes << 20)).write(to: URL(fileURLWithPath: volume + "/file"))
        let output = try restic(["backup", "--json", "--host", "velero", "."], in: volume)
        let summary = try JSONText.parse(Array((output.split(separator: "\n").last ?? "").utf8))
        return summary["snapshot_id"]?.string ?? ""
    }
}
