// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupControllers
import ClusterArchive
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import Telemetry
import VeleroAPI

/// Makes backups and keeps repositories in order for the whole cluster: `velero server`.
struct ServerCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "server",
        abstract: "Run the server: backups, repositories, their maintenance, and what node agents leave behind.",
        discussion: """
            Runs in the Deployment that velero install makes. Of several, one works: the holder of the Lease velero in \
            Velero's namespace.
            """,
        examples: ["velero server --default-repo-maintain-frequency 24h"]
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup(title: "Flags about backups") var backups: BackupServerOptions

    @Option(
        name: [.customLong("default-repo-maintain-frequency"), .customLong("default-restic-prune-frequency")],
        help: ArgumentHelp("Pause between two prunes of a repository. (default: 168h)", valueName: "duration")
    )
    var maintainFrequency: String?

    @OptionGroup var lifecycle: LifecycleOptions

    @Option(
        help: ArgumentHelp(
            "How long the restore of a volume may wait for its pod to be made. (default: 10m)",
            valueName: "duration"
        )
    )
    var resourceTimeout: String?

    @Option(
        help: ArgumentHelp("Requests a second to the API server, in the long run. (default: 100)", valueName: "count")
    )
    var clientQps: Double?

    @Option(help: ArgumentHelp("Requests at once to the API server, after a pause. (default: 100)", valueName: "count"))
    var clientBurst: Int?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        var settings = ControllerSettings(namespace: try await access.namespace())
        if let text = maintainFrequency, text != "0" {
            let flag = "--default-repo-maintain-frequency"
            if let frequency = try ServerDurations.positive(text, flag: flag) {
                settings.maintenanceFrequency = frequency
            }
        }
        if let timeout = try ServerDurations.positive(resourceTimeout, flag: "--resource-timeout") {
            settings.podTimeout = timeout
            settings.backupDefaults.resourceTimeout = timeout
        }
        try backups.apply(to: &settings)
        try lifecycle.apply(to: &settings, in: context)
        // Half of the container's memory: the other half is for everything else, and for what the kernel counts.
        settings.maintenanceMemoryLimit = ResourceLimits.current.memoryByteCount.map { $0 / 2 }
        let limits = try clientLimits()
        let fixed = settings
        try await ServerProcess.run("server", server, in: context) { process in
            try await access.withClient(limits: limits) { client in
                try await check(client)
                try await lead(fixed, client, process, in: context)
            }
        }
    }

    private func clientLimits() throws -> KubeClient.Limits {
        var limits = KubeClient.Limits()
        limits.requestsPerSecond = clientQps ?? 100
        limits.burst = clientBurst ?? 100
        guard limits.requestsPerSecond > 0, limits.requestsPerSecond.isFinite else {
            throw CommandFailure("client-qps must be positive")
        }
        guard limits.burst > 0 else { throw CommandFailure("client-burst must be positive") }
        return limits
    }

    /// Fails early, with all that is missing, when Velero's kinds are not installed.
    private func check(_ client: KubeClient) async throws {
        let discovery = try await client.discover()
        let missing = CustomResource.all.filter {
            $0.isInstalled && discovery.resource(for: $0.type.gvk) == nil
        }
        guard missing.isEmpty else {
            let kinds = missing.map(\.type.kind).joined(separator: ", ")
            throw CommandFailure("the cluster does not know \(kinds); run 'velero install --crds-only'")
        }
    }

    /// Waits for the lease and runs the controllers while it is held.
    private func lead(
        _ settings: ControllerSettings,
        _ client: KubeClient,
        _ process: ServerProcess,
        in context: CommandContext
    ) async throws {
        let logger = process.logger
        let isLeader = process.metrics.gauge(VeleroMetric.isLeader)
        isLeader.set(0)
        let election = LeaderElection(
            client: client,
            key: ObjectKey(namespace: settings.namespace, name: "velero"),
            identity: identity(context),
            report: { logger.warning("The lease cannot be had or renewed", metadata: ["error": "\($0)"]) }
        )
        let storage = ServerStorage.configuration(namespace: settings.namespace, metrics: process.metrics, in: context)
        process.readiness.set()
        try await election.run {
            isLeader.set(1)
            logger.info("This server leads", metadata: ["namespace": "\(settings.namespace)"])
            let events = EventRecorder(client: client, component: "velero", host: context.identity.hostName)
            let controllers = ControllerServer(
                settings: settings,
                client: client,
                repositories: LocationRepositories(storage, client: client, logger: logger),
                parts: BackupParts(
                    stores: LocationStores(
                        client: client,
                        namespace: settings.namespace,
                        variables: storage.variables,
                        layers: storage.layers
                    ),
                    commands: ExecRunner(client)
                ),
                lifecycle: LifecycleParts(storage, client),
                events: events,
                metrics: process.metrics,
                logger: logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await events.run() }
                group.addTask { try await controllers.run() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// Unlike that of any other server, also of one that ran in this pod before.
    private func identity(_ context: CommandContext) -> String {
        "\(context.identity.hostName)_\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
    }
}
