// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
package import KubeModel
package import KubeRuntime
package import LocationAccess
package import Logging
package import Telemetry
internal import VeleroAPI

/// The server's controllers: backups, locations, schedules, repositories and their maintenance, the watch over volumes of pods, deletion.
///
/// At most one may run in a cluster: whoever runs it holds a lease.
package struct ControllerServer: Sendable {
    let context: ControllerContext
    let lifecycle: LifecycleParts
    private let parts: BackupParts

    /// - Parameters:
    ///   - parts: What backups reach beside the API server's objects.
    ///   - repositories: Run by this server; nobody else may run them.
    ///   - events: Run by the caller.
    package init(
        settings: ControllerSettings,
        client: KubeClient,
        repositories: LocationRepositories,
        parts: BackupParts,
        lifecycle: LifecycleParts,
        events: EventRecorder,
        metrics: MetricRegistry,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> KubeTime = ConfigurationEnvironment.systemTime
    ) {
        self.parts = parts
        self.lifecycle = lifecycle
        context = ControllerContext(
            settings: settings,
            client: client,
            repositories: repositories,
            events: events,
            metrics: metrics,
            logger: logger,
            clock: clock,
            now: now
        )
    }

    /// Runs until cancelled.
    ///
    /// - Throws: `CancellationError`, or `KubeError` if the start fails.
    package func run() async throws {
        let discovery = try await context.client.discover()
        let hasOldKind = discovery.resource(for: ResticRepository.gvk) != nil
        let kind = RepositoryResources.kind(in: discovery)
        try await PasswordSecret(context: context).ensure()
        context.logger.info("controllers start", metadata: ["repositories": "\(kind.rawValue)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await context.repositories.run() }
            // What one knows as its repositories the watch makes ready.
            let resources = repositoryTasks(kind, &group)
            if hasOldKind, kind == .backupRepository { _ = repositoryTasks(.resticRepository, &group) }
            let watch = PodVolumeWatch(context, resources: resources)
            group.addTask { try await watch.controller().run() }
            group.addTask { try await deletionController().run() }
            backupTasks(&group)
            lifecycleTasks(&group)
            // Controllers only end by being cancelled; if one fails, all end.
            defer { group.cancelAll() }
            try await group.waitForAll()
        }
    }

    // MARK: Repositories

    private func repositoryTasks(
        _ kind: RepositoryResources.Kind,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) -> RepositoryResources {
        switch kind {
        case .backupRepository: repositoryTasks(BackupRepository.self, kind, &group)
        case .resticRepository: repositoryTasks(ResticRepository.self, kind, &group)
        }
    }

    private func repositoryTasks<Resource: RepositoryResource>(
        _: Resource.Type,
        _ kind: RepositoryResources.Kind,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) -> RepositoryResources {
        let context = context
        let connecting = WorkQueue<ObjectKey>(clock: context.clock)
        let maintaining = WorkQueue<ObjectKey>(clock: context.clock)
        let resources = RepositoryResources(
            kind,
            client: context.client,
            namespace: context.settings.namespace,
            clock: context.clock,
            report: context.report(Resource.resourceType)
        ) { change in
            connecting.add(change.key)
            maintaining.add(change.key)
        }
        let store = resources.store
        let locations = Self.locations(context) { location in
            context.repositories.refresh()
            for object in store.objects where Resource(object: object).backupStorageLocation == location {
                connecting.add(object.key)
                maintaining.add(object.key)
            }
        }
        let repositories = RepositoryController<Resource>(context, store: store)
        let maintenance = MaintenanceController<Resource>(context, store: store)
        let connectingController = Controller(
            queue: connecting,
            workerCount: context.settings.workerCount,
            reflectors: [resources.reflector(), locations],
            report: context.failed("repositories")
        ) { try await repositories.reconcile($0) }
        // One at a time: each needs the memory of an index.
        let maintainingController = Controller(
            queue: maintaining,
            workerCount: 1,
            reflectors: [],
            report: context.failed("maintenance")
        ) { try await maintenance.reconcile($0) }
        group.addTask { try await connectingController.run() }
        group.addTask {
            try await store.waitUntilSynced()
            try await maintainingController.run()
        }
        return resources
    }

    /// Follows the locations and tells of those whose specification changed.
    private static func locations(
        _ context: ControllerContext,
        onChange: @escaping @Sendable (String) -> Void
    ) -> Reflector {
        let type = BackupStorageLocation.resourceType
        return Reflector(
            Reflector.Configuration(type, namespace: context.settings.namespace),
            client: context.client,
            store: ObjectStore(),
            clock: context.clock,
            report: context.report(type)
        ) { change in
            // The status changes each time somebody looks whether the location is available.
            if change.old?["spec"] != change.new?["spec"] { onChange(change.key.name) }
        }
    }

    // MARK: Backups

    private func backupTasks(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let context = context
        let type = Backup.resourceType
        let waiting = WorkQueue<BackupScheduler.Key>(clock: context.clock)
        let ready = WorkQueue<ObjectKey>(clock: context.clock)
        let store = ObjectStore()
        var configuration = Reflector.Configuration(type, namespace: context.settings.namespace)
        configuration.trim = { $0.metadata.fields["managedFields"] = nil }
        let reflector = Reflector(
            configuration,
            client: context.client,
            store: store,
            clock: context.clock,
            report: context.report(type)
        ) { change in
            waiting.add(.queue)
            ready.add(change.key)
        }
        let scheduler = BackupScheduler(context: context, store: store)
        let backups = BackupController(context: context, parts: parts, store: store)
        let scheduling = Controller(
            queue: waiting,
            workerCount: 1,
            reflectors: [reflector],
            report: context.failed("backup queue")
        ) { try await scheduler.reconcile($0) }
        let running = Controller(
            queue: ready,
            // One more than run, so that those which another server left are ended though all others are busy.
            workerCount: context.settings.concurrentBackups + 1,
            reflectors: [],
            report: context.failed("backups")
        ) { try await backups.reconcile($0) }
        group.addTask { try await scheduling.run() }
        group.addTask {
            try await store.waitUntilSynced()
            try await running.run()
        }
    }

    // MARK: Deletion

    private func deletionController() -> Controller<ObjectKey> {
        let type = DeleteBackupRequest.resourceType
        let queue = WorkQueue<ObjectKey>(clock: context.clock)
        let store = ObjectStore()
        let reflector = Reflector(
            Reflector.Configuration(type, namespace: context.settings.namespace),
            client: context.client,
            store: store,
            clock: context.clock,
            report: context.report(type)
        ) { queue.add($0.key) }
        let deletion = DeletionController(
            context: context,
            store: store,
            stores: lifecycle.stores,
            parts: [SnapshotDeletion(context: context)]
        )
        return Controller(
            queue: queue,
            workerCount: 1,
            reflectors: [reflector],
            report: context.failed("deletion")
        ) { try await deletion.reconcile($0) }
    }
}
