// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// What the agent knows of the cluster without asking, kept up to date by watches.
struct AgentStores: Sendable {
    /// Every PodVolumeBackup, since those of other nodes may be parents.
    let backups: ObjectStore
    let restores: ObjectStore
    /// The pods of this node.
    let pods: ObjectStore
    /// Backups and Restores, of which only the names and uids are kept.
    let owners: ObjectStore
    let ownerRestores: ObjectStore

    /// Names of indexes.
    enum Index {
        /// Pod volume resources by the pod they name.
        static let pod = "pod"
        /// Pod volume resources by the uid of what controls them.
        static let owner = "owner"
        /// Completed backups by what makes them one another's parents.
        static let history = "history"
    }

    init() {
        backups = ObjectStore(indexes: [
            Index.pod: { [PodVolumeBackup(object: $0).pod.description] },
            Index.owner: { $0.metadata.controller.map { [$0.uid] } ?? [] },
            Index.history: { object in
                let backup = PodVolumeBackup(object: object)
                return backup.phase == .completed ? [Self.history(of: backup)] : []
            },
        ])
        restores = ObjectStore(indexes: [
            Index.pod: { [PodVolumeRestore(object: $0).pod.description] },
            Index.owner: { $0.metadata.controller.map { [$0.uid] } ?? [] },
        ])
        pods = ObjectStore()
        owners = ObjectStore()
        ownerRestores = ObjectStore()
    }

    /// Waits until everything has been listed once.
    func waitUntilSynced() async throws {
        for store in [backups, restores, pods, owners, ownerRestores] { try await store.waitUntilSynced() }
    }

    /// What backups of the same data have in common: the claim, or without one the volume of a pod of that name.
    static func history(of backup: PodVolumeBackup) -> String {
        if let claim = backup.metadata[label: VeleroLabel.claimUID] { return "claim " + claim }
        return "volume \(backup.pod) \(backup.volume ?? "")"
    }

    /// Completed backups of the same data.
    func history(of backup: PodVolumeBackup) -> [PodVolumeBackup] {
        backups.objects(index: Index.history, value: Self.history(of: backup)).map(PodVolumeBackup.init(object:))
    }

    /// The resources that name a pod.
    func resources(ofPod pod: ObjectKey) -> [WorkKey] {
        backups.objects(index: Index.pod, value: pod.description).map { .backup($0.key) }
            + restores.objects(index: Index.pod, value: pod.description).map { .restore($0.key) }
    }

    /// The resources that something controls.
    func resources(ofOwner uid: String) -> [WorkKey] {
        backups.objects(index: Index.owner, value: uid).map { .backup($0.key) }
            + restores.objects(index: Index.owner, value: uid).map { .restore($0.key) }
    }

    /// The reflectors that keep the stores, and add to `queue` what a change may concern.
    func reflectors(
        settings: NodeAgentSettings,
        client: KubeClient,
        queue: WorkQueue<WorkKey>,
        report: @escaping @Sendable (ResourceType, Reflector.Report) -> Void
    ) -> [Reflector] {
        let node = settings.node
        func make(
            _ type: ResourceType,
            _ store: ObjectStore,
            namespace: String?,
            options: ListOptions = ListOptions(),
            trim: @escaping @Sendable (inout KubeObject) -> Void,
            onChange: @escaping @Sendable (StoreChange) -> Void
        ) -> Reflector {
            var configuration = Reflector.Configuration(type, namespace: namespace, options: options)
            configuration.trim = trim
            return Reflector(
                configuration,
                client: client,
                store: store,
                report: { report(type, $0) },
                onChange: onChange
            )
        }
        let namespace = settings.namespace
        let ofNode = ListOptions(fields: FieldSelector("spec.nodeName", is: node))
        return [
            make(PodVolumeBackup.resourceType, backups, namespace: namespace) {
                TrimmedObject.podVolumeBackup(&$0, node: node)
            } onChange: { change in
                let object = change.new ?? change.old
                guard let object, PodVolumeBackup(object: object).node == node else { return }
                queue.add(.backup(change.key))
            },
            make(PodVolumeRestore.resourceType, restores, namespace: namespace, trim: TrimmedObject.managedFields) {
                queue.add(.restore($0.key))
            },
            make(Pod.resourceType, pods, namespace: nil, options: ofNode, trim: TrimmedObject.pod) { change in
                for key in resources(ofPod: change.key) { queue.add(key) }
            },
            make(Backup.resourceType, owners, namespace: namespace, trim: TrimmedObject.identity, onChange: owned),
            make(
                Restore.resourceType,
                ownerRestores,
                namespace: namespace,
                trim: TrimmedObject.identity,
                onChange: owned
            ),
        ]

        @Sendable func owned(_ change: StoreChange) {
            // That an owner came or was changed concerns nobody; what waits for it asks the server.
            guard change.new?.metadata.isBeingDeleted ?? true, let uid = change.old?.metadata.uid else { return }
            for key in resources(ofOwner: uid) { queue.add(key) }
        }
    }
}
