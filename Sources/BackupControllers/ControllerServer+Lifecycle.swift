// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// Locations, schedules, and what becomes of backups once they are made.
extension ControllerServer {
    /// Adds these controllers to a group.
    func lifecycleTasks(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let (checking, syncing, expiring) = (queue(), queue(), queue())
        let (locations, backups) = (ObjectStore(), ObjectStore())
        let following = [
            reflector(BackupStorageLocation.self, locations) { change in
                checking.add(change.key)
                syncing.add(change.key)
            },
            reflector(Backup.self, backups) { expiring.add($0.key) },
        ]
        let check = LocationController(context, store: locations, stores: lifecycle.probes)
        let sync = SyncController(context, locations: locations, backups: backups, stores: lifecycle.stores)
        let expiry = ExpiryController(context: context, backups: backups, locations: locations)
        let synced: @Sendable () async throws -> Void = {
            try await locations.waitUntilSynced()
            try await backups.waitUntilSynced()
        }
        // A location that does not answer must not keep the others waiting.
        let checkers = controller("locations", checking, following, workerCount: context.settings.workerCount) {
            try await check.reconcile($0)
        }
        let syncers = controller("sync", syncing, [], workerCount: 2) { try await sync.reconcile($0) }
        let expirers = controller("expiry", expiring, []) { try await expiry.reconcile($0) }
        group.addTask { try await checkers.run() }
        group.addTask {
            try await synced()
            try await syncers.run()
        }
        group.addTask {
            try await synced()
            try await expirers.run()
        }
        group.addTask { try await scheduleController().run() }
        group.addTask { try await downloadController().run() }
        group.addTask { try await statusController().run() }
    }

    private func downloadController() -> Controller<ObjectKey> {
        let (queue, store, reflector) = followed(DownloadRequest.self)
        let downloads = DownloadController(context: context, store: store, links: lifecycle.links)
        return controller("downloads", queue, [reflector], workerCount: 2) { try await downloads.reconcile($0) }
    }

    private func statusController() -> Controller<ObjectKey> {
        let (queue, store, reflector) = followed(ServerStatusRequest.self)
        let status = ServerStatusController(context: context, store: store)
        return controller("server status", queue, [reflector]) { try await status.reconcile($0) }
    }

    private func queue() -> WorkQueue<ObjectKey> { WorkQueue(clock: context.clock) }

    private func scheduleController() -> Controller<ObjectKey> {
        let (queue, store, reflector) = followed(Schedule.self)
        let schedules = ScheduleController(context, store: store)
        return controller("schedules", queue, [reflector]) { try await schedules.reconcile($0) }
    }

    /// A queue that gets the key of each object of a kind that changes, and a store with all of them.
    func followed<Resource: KubeResource>(
        _: Resource.Type
    ) -> (queue: WorkQueue<ObjectKey>, store: ObjectStore, reflector: Reflector) {
        let queue = queue()
        let store = ObjectStore()
        return (queue, store, reflector(Resource.self, store) { queue.add($0.key) })
    }

    func reflector<Resource: KubeResource>(
        _: Resource.Type,
        _ store: ObjectStore,
        onChange: @escaping @Sendable (StoreChange) -> Void
    ) -> Reflector {
        var configuration = Reflector.Configuration(Resource.resourceType, namespace: context.settings.namespace)
        configuration.trim = { $0.metadata.fields["managedFields"] = nil }
        return Reflector(
            configuration,
            client: context.client,
            store: store,
            clock: context.clock,
            report: context.report(Resource.resourceType),
            onChange: onChange
        )
    }

    func controller(
        _ name: String,
        _ queue: WorkQueue<ObjectKey>,
        _ reflectors: [Reflector],
        workerCount: Int = 1,
        _ reconcile: @escaping @Sendable (ObjectKey) async throws -> Controller<ObjectKey>.Outcome
    ) -> Controller<ObjectKey> {
        Controller(
            queue: queue,
            workerCount: workerCount,
            reflectors: reflectors,
            report: context.failed(name),
            reconcile: reconcile
        )
    }
}
