// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import RepositoryEngine
import Synchronization
import VeleroAPI

/// Keeps repositories usable and says whether they are: connects to each or makes it, and removes locks that were left behind.
struct RepositoryController<Resource: RepositoryResource>: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    private let memories = Remembered<[ObjectKey: RepositoryMemory]>([:])
    private let stopwatch: Stopwatch

    init(_ context: ControllerContext, store: ObjectStore) {
        self.context = context
        self.store = store
        stopwatch = Stopwatch(clock: context.clock)
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let resource = store.get(Resource.self, key), !resource.metadata.isBeingDeleted else {
            memories.update { $0[key] = nil }
            return .done
        }
        guard resource.format.isRestic else { return refuse(resource) }
        let repository = resource.repositoryKey
        let access: RepositoryAccess
        do {
            access = try await context.repositories.access(repository)
        } catch {
            try rethrowUnlessAProblem(error)
            try await tell(resource, .notReady, problem: error)
            return .again(after: context.settings.checkInterval)
        }
        let memory = memories.value[key] ?? RepositoryMemory()
        let now = stopwatch.elapsed
        let step = RepositoryStep.decide(
            resource.phase,
            isIdentifierSame: resource.resticIdentifier == access.identifier,
            version: access.version,
            memory: memory,
            now: now,
            interval: context.settings.checkInterval
        )
        switch step {
        case .wait(let pause): return .again(after: pause)
        case .unlock:
            memories.update { $0[key, default: memory].lastUnlock = now }
            if !access.isReadOnly { await removeStaleLocks(of: repository) }
            return .again(after: context.settings.checkInterval)
        case .connect:
            memories.update {
                $0[key, default: memory].lastConnection = now
                $0[key]?.version = access.version
            }
            try await connect(resource, access)
            return .again(after: context.settings.checkInterval)
        }
    }

    // MARK: Connecting

    private func connect(_ resource: Resource, _ access: RepositoryAccess) async throws {
        let repository = resource.repositoryKey
        do {
            try await connectOrMake(repository, access)
        } catch {
            try rethrowUnlessAProblem(error)
            return try await tell(resource, .notReady, identifier: access.identifier, problem: error)
        }
        try await tell(resource, .ready, identifier: access.identifier, problem: nil)
    }

    private func connectOrMake(_ repository: RepositoryKey, _ access: RepositoryAccess) async throws {
        do {
            return try await context.repositories.withRepository(repository) { _ in }
        } catch let error as RepositoryError {
            switch (error.code, access.place) {
            case (.noRepository, _), (.containerMissing, .directory): break
            // A bucket is never made here: a wrong name would then go unnoticed.
            default: throw error
            }
        }
        if access.isReadOnly {
            throw LocationError(
                .readOnly,
                "there is no repository at \(access.identifier), and none is made since backup storage location "
                    + "\(repository.location) is ReadOnly"
            )
        }
        do {
            try await context.repositories.initialize(repository)
        } catch let error as RepositoryError where error.code == .alreadyInitialized {
            // Somebody else was faster, or it is damaged: opening tells.
        }
        try await context.repositories.withRepository(repository) { _ in }
    }

    // MARK: Status

    private func tell(
        _ resource: Resource,
        _ phase: RepositoryPhase,
        identifier: String? = nil,
        problem: (any Error)?
    ) async throws {
        let settings = context.settings
        let message = problem.map { RepositoryProblem.text($0, namespace: settings.namespace) }
        let time = context.now()
        let key = resource.repositoryKey
        _ = try await context.update(Resource.self, resource.key) { resource in
            let before = resource
            // Changed to mean another repository meanwhile: the next look is at that.
            guard resource.repositoryKey == key else { return false }
            if let identifier { resource.resticIdentifier = identifier }
            if (resource.maintenanceFrequency?.nanoseconds ?? 0) == 0 {
                resource.maintenanceFrequency = GoDuration(settings.maintenanceFrequency)
            }
            let isNew = resource.phase != .ready
            resource.phase = phase
            // A ready one may carry what its last maintenance said.
            if message != nil || isNew { resource.message = message }
            if phase == .ready, resource.lastMaintenanceTime == nil { resource.lastMaintenanceTime = time }
            return resource != before
        }
        guard resource.phase != phase || (message != nil && resource.message != message) else { return }
        context.events.record(
            resource.object,
            phase == .ready ? .normal : .warning,
            reason: phase == .ready ? "RepositoryReady" : "RepositoryNotReady",
            message: message ?? "the repository \(identifier ?? "") can be used"
        )
        context.logger.log(
            level: phase == .ready ? .info : .warning,
            phase == .ready ? "a repository is ready" : "a repository is not ready",
            metadata: ["repository": "\(key)", "error": "\(message ?? "")"]
        )
    }

    private func refuse(_ resource: Resource) -> Controller<ObjectKey>.Outcome {
        let isFirst = memories.update { memories in
            defer { memories[resource.key] = RepositoryMemory() }
            return memories[resource.key] == nil
        }
        if isFirst {
            context.events.record(
                resource.object,
                .warning,
                reason: "UnsupportedRepositoryType",
                message:
                    "repositories of type \"\(resource.format)\" are neither read nor written by this server; it is left alone"
            )
        }
        return .done
    }

    /// What a person must set right is told in the status; what passes by itself is tried again soon.
    private func rethrowUnlessAProblem(_ error: any Error) throws {
        try Task.checkCancellation()
        if error is KubeError || error is CancellationError { throw error }
    }

    // MARK: Locks

    private func removeStaleLocks(of repository: RepositoryKey) async {
        do {
            try await StaleLocks(context: context).remove(from: repository)
        } catch {
            if Task.isCancelled { return }
            context.logger.warning(
                "locks left behind could not be looked for",
                metadata: [
                    "repository": "\(repository)",
                    "error": "\(RepositoryProblem.text(error, namespace: context.settings.namespace))",
                ]
            )
        }
    }
}

extension RepositoryResource {
    /// Which repository it stands for.
    var repositoryKey: RepositoryKey {
        RepositoryKey(namespace: self.volumeNamespace ?? "", location: self.backupStorageLocation ?? "")
    }
}

/// A value that several tasks change.
final class Remembered<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: sending Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result { state.withLock { change(&$0) } }
}
