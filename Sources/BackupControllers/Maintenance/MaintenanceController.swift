// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat
import Telemetry
import VeleroAPI

/// Prunes repositories when it is time, one at a time, and tells how it went.
struct MaintenanceController<Resource: RepositoryResource>: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    /// When the last prune of a repository failed; kinds without history do not tell.
    private let failures = Remembered<[ObjectKey: KubeTime]>([:])

    init(_ context: ControllerContext, store: ObjectStore) {
        self.context = context
        self.store = store
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let known = store.get(Resource.self, key) else {
            failures.update { $0[key] = nil }
            return .done
        }
        guard let pause = pause(known) else { return .done }
        guard pause == .zero else { return .again(after: pause) }
        // The store may not know yet what the last run wrote.
        guard let resource = try await context.client.get(Resource.self, key) else { return .done }
        guard self.pause(resource) == .zero else { return .again(after: .seconds(1)) }
        // A change of the location brings the key back.
        guard try await !context.repositories.access(resource.repositoryKey).isReadOnly else { return .done }
        try await run(resource)
        return .again(after: .seconds(1))
    }

    private func pause(_ resource: Resource) -> Duration? {
        MaintenancePlan.pause(
            resource,
            frequency: context.settings.maintenanceFrequency,
            lastFailure: failures.value[resource.key],
            now: context.now()
        )
    }

    private func run(_ resource: Resource) async throws {
        let start = context.now()
        let stopwatch = Stopwatch(clock: context.clock)
        let repository = resource.repositoryKey
        context.logger.info("maintaining a repository", metadata: ["repository": "\(repository)"])
        var problem: String?
        var freed = 0
        do {
            freed = try await withDeadline(context.settings.maintenanceTimeLimit, clock: context.clock) {
                try await prune(repository)
            }
        } catch {
            try Task.checkCancellation()
            problem = self.problem(error)
        }
        let end = context.now()
        let message = problem
        failures.update { $0[resource.key] = message == nil ? nil : end }
        _ = try await context.update(Resource.self, resource.key) { resource in
            MaintenancePlan.record(&resource, start: start, end: end, problem: message)
            return true
        }
        context.metrics.counter(VeleroMetric.repositoryMaintenance, message == nil ? "Succeeded" : "Failed").add()
        context.metrics.histogram(VeleroMetric.repositoryMaintenanceDuration).observe(stopwatch.elapsed)
        guard let message else {
            context.metrics.counter(VeleroMetric.freedBytes).add(count: freed)
            context.logger.info(
                "maintained a repository",
                metadata: ["repository": "\(repository)", "bytes": "\(freed)", "duration": "\(stopwatch.elapsed)"]
            )
            return
        }
        context.events.record(resource.object, .warning, reason: "MaintenanceFailed", message: message)
        context.logger.warning(
            "maintaining a repository failed",
            metadata: ["repository": "\(repository)", "error": "\(message)"]
        )
    }

    private func problem(_ error: any Error) -> String {
        if error is DeadlineExceeded {
            return
                "maintenance was stopped after \(GoDuration(context.settings.maintenanceTimeLimit)); the next run goes on where it "
                + "stopped"
        }
        return RepositoryProblem.text(error, namespace: context.settings.namespace)
    }

    /// - Returns: Bytes freed.
    private func prune(_ key: RepositoryKey) async throws -> Int {
        let mark = try await context.repositories.access(key).clusterMark
        return try await context.repositories.withPrivateRepository(key) { repository in
            try IndexMemory.requireFits(
                indexByteCount: try await repository.storedIndexByteCount(),
                version: repository.config.version,
                limit: context.settings.maintenanceMemoryLimit
            )
            try await StaleLocks(context: context).remove(from: repository, key, mark: mark)
            var options = LockOptions()
            options.retryDuration = context.settings.lockWait
            options.onNotice = { notice in
                context.logger.info(
                    "waiting for a lock",
                    metadata: ["repository": "\(key)", "notice": "\(String(describing: notice))"]
                )
            }
            return try await repository.withLock(.exclusive, options: options) { held in
                try await repository.loadIndex()
                let (plan, work) = try await repository.planPrune(PruneOptions())
                try await repository.prune(plan, work, holding: held)
                return max(0, plan.totals.removedByteCount + plan.totals.droppedByRepackByteCount)
            }
        }
    }
}
