// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// Locations, schedules, and what becomes of backups once they are made.
extension ControllerServer {
    /// Adds these controllers to a group.
    func lifecycleTasks(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        group.addTask { try await locationController().run() }
        group.addTask { try await scheduleController().run() }
    }

    private func locationController() -> Controller<ObjectKey> {
        let (queue, store, reflector) = followed(BackupStorageLocation.self)
        let locations = LocationController(context, store: store, stores: lifecycle.probes)
        // One that does not answer must not keep the others waiting.
        return controller("locations", queue, [reflector], workerCount: context.settings.workerCount) {
            try await locations.reconcile($0)
        }
    }

    private func scheduleController() -> Controller<ObjectKey> {
        let (queue, store, reflector) = followed(Schedule.self)
        let schedules = ScheduleController(context, store: store)
        return controller("schedules", queue, [reflector]) { try await schedules.reconcile($0) }
    }

    /// A queue that gets the key of each object of a kind that changes, and a store with all of them.
    func followed<Resource: KubeResource>(
        _: Resource.Type
    ) -> (queue: WorkQueue<ObjectKey>, store: ObjectStore, reflector: Reflector) {
        let queue = WorkQueue<ObjectKey>(clock: context.clock)
        let store = ObjectStore()
        return (queue, store, reflector(Resource.self, store) { queue.add($0.key) })
    }

    func reflector<Resource: KubeResource>(
        _: Resource.Type,
        _ store: ObjectStore,
        onChange: @escaping @Sendable (StoreChange) -> Void
    ) -> Reflector {
        Reflector(
            Reflector.Configuration(Resource.resourceType, namespace: context.settings.namespace),
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
