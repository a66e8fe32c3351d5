// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import Telemetry
import VeleroAPI

/// Brings one kind's resources on: looks at everything known about one, lets it decide, and does what was decided.
struct PodVolumeReconciler<Resource: PodVolumeResource>: Sendable {
    typealias Outcome = Controller<WorkKey>.Outcome

    let context: AgentContext
    let store: ObjectStore
    let writer: StatusWriter<Resource>
    let metrics: OperationMetrics
    let workKey: @Sendable (ObjectKey) -> WorkKey
    /// The node a resource says it is on; nil if it does not.
    let node: @Sendable (Resource) -> String?
    /// Writes the claim, which is the agent's promise to carry the resource out.
    let claim: @Sendable (inout Resource) -> Void
    /// Makes what moves the volume of a claimed resource.
    let makeRun: @Sendable (Resource, Pod, _ isResumed: Bool, StopSignal, Logger) -> @Sendable () async -> MoveEnd

    func reconcile(_ key: ObjectKey) async throws -> Outcome {
        defer { context.wakeWaiting() }
        let work = workKey(key)
        guard let resource = store.get(Resource.self, key), let uid = resource.metadata.uid else {
            context.table.stop(work)
            context.table.forget(work)
            return .done
        }
        let runningUID = context.table.runningUID(work)
        if let runningUID, runningUID != uid {
            // Another resource of the same name took its place; its turn comes when the move has stopped.
            context.table.stop(work)
            return .done
        }
        // Its end was written, or could not be: either way it does not begin again, but may be cancelled or lose what it belongs to.
        let hasEnded = context.table.hasEnded(work, uid: uid)
        if resource.phase.isFinal { context.table.forget(work) }
        guard runningUID != nil || mayConcern(resource) else { return .done }
        let situation = try await situation(of: resource, isRunning: runningUID != nil)
        for action in resource.decide(situation) {
            if hasEnded, case .start = action { continue }
            do {
                try await perform(action, resource, work, situation)
            } catch let error as KubeError where error.code == .conflict {
                // Somebody was faster; what they wrote is on its way here.
                return .again(after: .milliseconds(100))
            }
        }
        return .done
    }

    /// Whether anything can be to do here, before the server is asked about anything.
    private func mayConcern(_ resource: Resource) -> Bool {
        guard !resource.phase.isFinal else { return false }
        if let node = node(resource), !node.isEmpty { return node == context.settings.node }
        return context.stores.pods[resource.pod] != nil
    }

    // MARK: Looking

    private func situation(of resource: Resource, isRunning: Bool) async throws -> PodVolumeSituation {
        PodVolumeSituation(
            node: context.settings.node,
            pod: try await pod(of: resource),
            isRunningHere: isRunning,
            hasFreeSlot: context.table.hasFreeSlot,
            ownerExists: try await ownerExists(resource)
        )
    }

    /// The pod by the watch, and by the server where the watch does not know it (yet, or any more).
    private func pod(of resource: Resource) async throws -> Pod? {
        let known = context.stores.pods.get(Pod.self, resource.pod)
        let uid = resource.object["spec", "pod", "uid"]?.string ?? ""
        if let known, uid.isEmpty || known.metadata.uid == uid { return known }
        guard resource.hasUsablePod else { return nil }
        return try await context.client.get(Pod.self, resource.pod)
    }

    private func ownerExists(_ resource: Resource) async throws -> Bool? {
        guard let owner = resource.metadata.controller, !owner.uid.isEmpty else { return nil }
        let key = ObjectKey(namespace: resource.namespace, name: owner.name)
        switch owner.kind {
        case Backup.resourceType.kind: return try await exists(Backup.self, key, owner.uid, context.stores.owners)
        case Restore.resourceType.kind:
            return try await exists(Restore.self, key, owner.uid, context.stores.ownerRestores)
        default: return nil
        }
    }

    private func exists<Owner: KubeResource>(
        _: Owner.Type,
        _ key: ObjectKey,
        _ uid: String,
        _ store: ObjectStore
    ) async throws -> Bool {
        if let known = store[key], known.metadata.uid == uid { return !known.metadata.isBeingDeleted }
        guard ObjectName.isSubdomain(key.name) else { return false }
        guard let found = try await context.client.get(Owner.self, key) else { return false }
        return found.metadata.uid == uid && !found.metadata.isBeingDeleted
    }

    // MARK: Doing

    private func perform(
        _ action: PodVolumeAction,
        _ resource: Resource,
        _ work: WorkKey,
        _ situation: PodVolumeSituation
    ) async throws {
        let logger = logger(resource)
        switch action {
        case .start(let isResumed):
            guard let pod = situation.pod else { return }
            try await start(resource, pod, work, isResumed: isResumed, logger)
        case .stop:
            if context.table.stop(work) { logger.info("Told the move to stop") }
        case .markCanceling:
            var marked = resource
            marked.phase = .canceling
            _ = try await writer.write(from: resource, to: marked, isGuarded: true)
        case .finish(let phase, let message):
            // What runs is stopped first; its end brings the resource back here.
            guard !situation.isRunningHere else { return }
            let end = resource.finished(phase, message: message, at: context.now())
            let written = try await writer.write(from: resource, to: end, isGuarded: true)
            context.events.record(endOf: written)
            metrics.countEnd(phase)
            logger.warning("Ended without moving the volume", metadata: ["phase": "\(phase)", "reason": "\(message)"])
        case .wait(let reason):
            if !situation.hasFreeSlot { context.table.wait(work) }
            logger.debug("Waiting", metadata: ["reason": "\(reason)"])
        case .warn(let message): logger.warning("\(message)")
        }
    }

    private func start(
        _ resource: Resource,
        _ pod: Pod,
        _ work: WorkKey,
        isResumed: Bool,
        _ logger: Logger
    ) async throws {
        guard let uid = resource.metadata.uid, let stop = context.table.take(work, uid: uid) else {
            context.table.wait(work)
            return
        }
        do {
            var claimed = resource
            claimed.begin(at: context.now())
            claimed.unfinishedAttempts += 1
            claim(&claimed)
            claimed = try await writer.write(from: resource, to: claimed, isGuarded: true)
            if !isResumed, let created = resource.metadata.creationTimestamp {
                metrics.claimLatency.observe(max(.zero, created.duration(to: context.now())))
            }
            if isResumed {
                let message = "going on with what an earlier node agent left unfinished"
                context.events.record(claimed.object, .normal, reason: "Resumed", message: message)
            }
            logger.info("Moving the volume", metadata: ["resumed": "\(isResumed)"])
            let run = makeRun(claimed, pod, isResumed, stop, logger)
            try await context.started.send(StartedMove(key: work, run: run))
        } catch {
            context.table.end(work, wroteEnd: false)
            throw error
        }
    }

    private func logger(_ resource: Resource) -> Logger {
        var logger = context.logger
        logger[metadataKey: Resource.resourceType.kind.lowercased()] = "\(resource.name)"
        logger[metadataKey: "pod"] = "\(resource.pod)"
        logger[metadataKey: "volume"] = "\(resource.object["spec", "volume"]?.string ?? "")"
        return logger
    }
}

extension PodVolumeResource {
    /// Whether the names of its pod may be put into a request.
    var hasUsablePod: Bool { ObjectName.isLabel(pod.namespace ?? "") && ObjectName.isSubdomain(pod.name) }
}
