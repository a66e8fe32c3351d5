// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Watches over backups and restores of volumes whose node, agent or pod is gone, so that none waits for ever; and has the repository of
/// a new one made ready before its agent asks.
///
/// While an agent runs on the node it decides, but for a backup that outlives the Backup it belongs to: that one is told to stop.
struct PodVolumeWatch: Sendable {
    /// A backup or restore of a volume.
    enum Key: Hashable, Sendable {
        case backup(ObjectKey)
        case restore(ObjectKey)
    }

    let context: ControllerContext
    let resources: RepositoryResources
    let queue: WorkQueue<Key>
    private let backups: ObjectStore
    private let restores: ObjectStore
    private let nodes: ObjectStore
    private let agents: ObjectStore
    /// Backups, of which only the phase is kept.
    private let owners: ObjectStore
    private let stopwatch: Stopwatch
    /// Since when no agent runs on a node, on the stopwatch.
    private let missing = Remembered<[String: Duration]>([:])

    private static let nodeIndex = "node"
    private static let ownerIndex = "owner"
    /// Pause between two looks at one whose node has no agent.
    private static let lookAgain: Duration = .seconds(60)

    init(_ context: ControllerContext, resources: RepositoryResources) {
        self.context = context
        self.resources = resources
        queue = WorkQueue(clock: context.clock)
        stopwatch = Stopwatch(clock: context.clock)
        let byNode: @Sendable (KubeObject) -> [String] = { object in
            guard !Self.isFinal(object) else { return [] }
            return [Self.node(of: object)]
        }
        let byOwner: @Sendable (KubeObject) -> [String] = { object in
            Self.isFinal(object) ? [] : object.metadata.controller.map { [$0.uid] } ?? []
        }
        backups = ObjectStore(indexes: [Self.nodeIndex: byNode, Self.ownerIndex: byOwner])
        restores = ObjectStore(indexes: [Self.nodeIndex: byNode])
        nodes = ObjectStore()
        agents = ObjectStore(indexes: [Self.nodeIndex: { [Pod(object: $0).nodeName ?? ""] }])
        owners = ObjectStore()
    }

    func controller() -> Controller<Key> {
        Controller(
            queue: queue,
            workerCount: context.settings.workerCount,
            reflectors: reflectors,
            report: context.failed("pod volumes")
        ) { try await reconcile($0) }
    }

    // MARK: Reconciling

    private func reconcile(_ key: Key) async throws -> Controller<Key>.Outcome {
        switch key {
        case .backup(let key):
            guard let backup = backups.get(PodVolumeBackup.self, key) else { return .done }
            return try await reconcile(backup, owner: "backup", node: backup.node ?? "")
        case .restore(let key):
            guard let restore = restores.get(PodVolumeRestore.self, key) else { return .done }
            return try await reconcile(restore, owner: "restore", node: restore.node ?? "")
        }
    }

    private func reconcile<Resource: PodVolumeResource>(
        _ resource: Resource,
        owner: String,
        node: String
    ) async throws -> Controller<Key>.Outcome where Resource.Fields: PodVolumeFields {
        guard !resource.phase.isFinal, !resource.metadata.isBeingDeleted else { return .done }
        // One of another uploader is for somebody else.
        guard resource.mover.isRestic else { return .done }
        try await prepareRepository(of: resource)
        var situation = WatchDecision.Situation(
            node: node,
            nodeExists: true,
            agentRuns: !node.isEmpty && agentRuns(on: node),
            podExists: true,
            ownerExists: true,
            isCancelled: resource.isCancelled,
            agentMissingFor: .zero
        )
        situation.ownerHasEnded = ownerHasEnded(resource)
        situation.isWithoutNode = node.isEmpty && resource is PodVolumeBackup
        if situation.agentRuns, !situation.ownerHasEnded || situation.isCancelled { return .done }
        let pod = try await context.client.get(Pod.self, resource.pod)
        let uid = resource.object["spec", "pod", "uid"]?.string ?? ""
        situation.podExists = pod.map { uid.isEmpty || $0.metadata.uid == uid } ?? false
        situation.mayAwaitPod = node.isEmpty
        situation.age = resource.metadata.creationTimestamp.map { $0.duration(to: context.now()) } ?? .zero
        if node.isEmpty { situation.node = pod?.nodeName ?? "" }
        situation.nodeExists = try await nodeExists(situation.node)
        situation.agentRuns = !situation.node.isEmpty && agentRuns(on: situation.node)
        situation.ownerExists = try await ownerExists(resource)
        situation.agentMissingFor = missingTime(situation.node)
        let settings = context.settings
        let decision = WatchDecision.decide(
            situation,
            owner: owner,
            pod: "\(resource.pod)",
            patience: WatchDecision.Patience(agent: settings.agentTimeout, pod: settings.podTimeout)
        )
        switch decision {
        case .leave: return .done
        case .lookAgain: return .again(after: Self.lookAgain)
        case .cancel:
            try await cancel(resource)
            return .done
        case .finish(let phase, let message):
            try await finish(resource, phase, message)
            return .done
        }
    }

    /// Asks the agent to stop; the change comes back here.
    private func cancel<Resource: PodVolumeResource>(
        _ resource: Resource
    ) async throws where Resource.Fields: PodVolumeFields {
        let uid = resource.metadata.uid
        _ = try await context.update(Resource.self, resource.key) { resource in
            guard !resource.phase.isFinal, !resource.isCancelled, resource.metadata.uid == uid else { return false }
            resource["spec", "cancel"] = true
            return true
        }
        context.logger.warning(
            "cancelled what outlived the Backup it belongs to",
            metadata: ["resource": "\(resource.object.kind) \(resource.key)"]
        )
    }

    private func finish<Resource: PodVolumeResource>(
        _ resource: Resource,
        _ phase: PodVolumePhase,
        _ message: String
    ) async throws where Resource.Fields: PodVolumeFields {
        let time = context.now()
        let uid = resource.metadata.uid
        _ = try await context.update(Resource.self, resource.key) { resource in
            guard !resource.phase.isFinal, resource.metadata.uid == uid else { return false }
            resource.finish(phase, message: message, at: time)
            return true
        }
        context.events.record(resource.object, .warning, reason: phase.text, message: message)
        context.logger.warning(
            "ended what no node agent can end",
            metadata: [
                "resource": "\(resource.object.kind) \(resource.key)", "phase": "\(phase)", "reason": "\(message)",
            ]
        )
    }

    /// Has the server make the repository ready; that it does not succeed is for the agent to tell.
    private func prepareRepository<Resource: PodVolumeResource>(
        of resource: Resource
    ) async throws where Resource.Fields: PodVolumeFields {
        guard resource.phase == .new else { return }
        let namespace = Self.repositoryNamespace(resource.object)
        let location = resource.object["spec", "backupStorageLocation"]?.string ?? ""
        guard ObjectName.isLabel(namespace), ObjectName.isSubdomain(location) else { return }
        do {
            try await resources.ensure(RepositoryKey(namespace: namespace, location: location))
        } catch let error as LocationError {
            context.logger.debug("a repository cannot be made ready", metadata: ["error": "\(error)"])
        }
    }

    private static func repositoryNamespace(_ object: KubeObject) -> String {
        PodVolumeRestore(ifOfKind: object)?.repositoryNamespace ?? object["spec", "pod", "namespace"]?.string ?? ""
    }

    // MARK: What is there

    private func agentRuns(on node: String) -> Bool {
        agents.objects(index: Self.nodeIndex, value: node).map(Pod.init(object:)).contains {
            $0.phase == .running && !$0.metadata.isBeingDeleted
        }
    }

    private func missingTime(_ node: String) -> Duration {
        let now = stopwatch.elapsed
        guard !agentRuns(on: node) else {
            missing.update { $0[node] = nil }
            return .zero
        }
        return missing.update { missing in
            let since = missing[node] ?? now
            missing[node] = since
            return now - since
        }
    }

    /// By the watch, and by the server where the watch does not know the node (yet, or any more).
    private func nodeExists(_ name: String) async throws -> Bool {
        guard !name.isEmpty else { return false }
        let key = ObjectKey(namespace: nil, name: name)
        if nodes[key] != nil { return true }
        guard ObjectName.isSubdomain(name) else { return false }
        return try await context.client.get(Node.self, key) != nil
    }

    private func ownerHasEnded(_ resource: some KubeResource) -> Bool {
        guard let owner = resource.metadata.controller, owner.kind == Backup.resourceType.kind,
            let backup = owners.get(Backup.self, ObjectKey(namespace: resource.namespace, name: owner.name)),
            backup.metadata.uid == owner.uid
        else { return false }
        return backup.phase.isFinal || backup.phase == .deleting
    }

    private func ownerExists(_ resource: some KubeResource) async throws -> Bool {
        guard let owner = resource.metadata.controller else { return true }
        let type: ResourceType
        switch owner.kind {
        case "Backup": type = Backup.resourceType
        case "Restore": type = Restore.resourceType
        default: return true
        }
        let found = try await context.client.get(type, ObjectKey(namespace: resource.namespace, name: owner.name))
        return found?.metadata.uid == owner.uid && found?.metadata.isBeingDeleted == false
    }

    private static func node(of object: KubeObject) -> String {
        object["spec", "node"]?.string ?? object["status", "node"]?.string ?? ""
    }

    private static func isFinal(_ object: KubeObject) -> Bool {
        PodVolumePhase(text: object["status", "phase"]?.string ?? "").isFinal
    }

    // MARK: Following

    private var reflectors: [Reflector] {
        let namespace = context.settings.namespace
        let agentLabels = LabelSelector([LabelRequirement("name", .among(["node-agent", "restic"]))])
        return [
            reflector(PodVolumeBackup.resourceType, namespace, backups) { [queue] in queue.add(.backup($0.key)) },
            reflector(PodVolumeRestore.resourceType, namespace, restores) { [queue] in queue.add(.restore($0.key)) },
            reflector(Backup.resourceType, namespace, owners) { [self] change in
                guard let uid = (change.new ?? change.old)?.metadata.uid else { return }
                for object in backups.objects(index: Self.ownerIndex, value: uid) { queue.add(.backup(object.key)) }
            },
            reflector(Node.resourceType, nil, nodes) { [self] change in
                if change.old == nil || change.new == nil { addAll(on: change.key.name) }
            },
            reflector(Pod.resourceType, namespace, agents, ListOptions(labels: agentLabels)) { [self] change in
                for object in [change.old, change.new].compactMap({ $0 }) {
                    guard let node = Pod(object: object).nodeName else { continue }
                    // The time without agent begins when it goes.
                    _ = missingTime(node)
                    addAll(on: node)
                }
            },
        ]
    }

    private func reflector(
        _ type: ResourceType,
        _ namespace: String?,
        _ store: ObjectStore,
        _ options: ListOptions = ListOptions(),
        onChange: @escaping @Sendable (StoreChange) -> Void
    ) -> Reflector {
        var configuration = Reflector.Configuration(type, namespace: namespace, options: options)
        let (isNode, isOwner) = (type == Node.resourceType, type == Backup.resourceType)
        configuration.trim = { object in
            object.metadata.fields["managedFields"] = nil
            // That a node exists is all that matters, and of a Backup whether it has ended.
            guard isNode || isOwner else { return }
            let phase = object["status", "phase"]
            (object.fields["spec"], object.fields["status"]) = (nil, nil)
            object.metadata.fields["annotations"] = nil
            if isOwner, let phase { object["status", "phase"] = phase }
        }
        return Reflector(
            configuration,
            client: context.client,
            store: store,
            clock: context.clock,
            report: context.report(type),
            onChange: onChange
        )
    }

    private func addAll(on node: String) {
        for object in backups.objects(index: Self.nodeIndex, value: node) { queue.add(.backup(object.key)) }
        // A restore that was not taken up names no node yet.
        for value in [node, ""] {
            for object in restores.objects(index: Self.nodeIndex, value: value) { queue.add(.restore(object.key)) }
        }
    }
}
