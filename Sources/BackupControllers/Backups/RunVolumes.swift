// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Synchronization
import VeleroAPI

/// The backups of volumes that one backup asks the node agents for, followed by a watch.
final class RunVolumes: Sendable {
    private let context: ControllerContext
    private let backup: Backup
    /// The newest state of each by name; nil for one that was deleted.
    private let states = Mutex<[String: PodVolumeBackup?]>([:])
    private let news = LatestValue(0)
    private let stopwatch: Stopwatch
    private let timeLimit: Duration
    private let agentNodes = Mutex<Set<String>>([])

    /// Pause between two looks at whether the Backup is still there.
    private static let lookAgain: Duration = .seconds(10)

    init(_ context: ControllerContext, _ backup: Backup) {
        self.context = context
        self.backup = backup
        stopwatch = Stopwatch(clock: context.clock)
        let given = backup.metadata[annotation: VeleroAnnotation.podVolumeTimeout].flatMap(GoDuration.init(parsing:))
        timeLimit = given.flatMap { $0.nanoseconds > 0 ? $0.duration : nil } ?? context.settings.podVolumeTimeout
    }

    /// Follows the backups of volumes until cancelled.
    func run() async throws {
        let type = PodVolumeBackup.resourceType
        let selector = LabelSelector(matching: [VeleroLabel.backupUID: backup.metadata.uid ?? ""])
        let reflector = Reflector(
            Reflector.Configuration(type, namespace: backup.namespace, options: ListOptions(labels: selector)),
            client: context.client,
            store: ObjectStore(),
            clock: context.clock,
            report: context.report(type)
        ) { [self] change in
            states.withLock { $0[change.key.name] = .some(change.new.map(PodVolumeBackup.init(object:))) }
            news.update { $0 += 1 }
        }
        try await reflector.run()
    }

    /// Asks for the backup of a volume.
    ///
    /// - Returns: Its name.
    /// - Throws: `LocationError` or `KubeError` if it cannot be asked for.
    func begin(_ volume: String, of pod: Pod, claim: PersistentVolumeClaim?) async throws -> String {
        try await requireAgent(on: pod.nodeName ?? "")
        let repository = RepositoryKey(namespace: pod.namespace ?? "", location: backup.storageLocation ?? "")
        let identifier = try await context.repositories.access(repository).identifier
        let wanted = PodVolumeBackup(of: volume, pod: pod, claim: claim, for: backup, repository: identifier)
        var created = wanted
        do {
            created = try await context.client.create(wanted)
        } catch let error as KubeError {
            guard error.code == .alreadyExists else { throw error }
        }
        let state = created
        states.withLock { states in
            // The watch may have been faster.
            if states[state.name] == nil { states[state.name] = .some(state) }
        }
        return state.name
    }

    private func requireAgent(on node: String) async throws {
        if agentNodes.withLock({ $0.contains(node) }) { return }
        let labels = LabelSelector([LabelRequirement("name", .among(["node-agent", "restic"]))])
        let agents = try await context.client.list(
            Pod.self,
            namespace: backup.namespace,
            options: ListOptions(labels: labels)
        )
        let nodes = Set(agents.filter { $0.phase == .running && !$0.metadata.isBeingDeleted }.compactMap(\.nodeName))
        agentNodes.withLock { $0 = nodes }
        guard nodes.contains(node) else {
            throw LocationError(.notReady, "node-agent pod is not running in node \(node)")
        }
    }

    // MARK: Waiting

    /// Waits until the backups of these names have ended, or the time for all volumes of the backup is over.
    ///
    /// - Returns: False if the time is over.
    /// - Throws: ``BackupGone``.
    func waitUntilFinal(_ names: [String], _ subject: BackupSubject) async throws -> Bool {
        var version = 0
        while true {
            try subject.check()
            let isFinal = states.withLock { states in
                names.allSatisfy { name in
                    guard let state = states[name] else { return false }
                    return state?.phase.isFinal ?? true
                }
            }
            if isFinal { return true }
            let rest = timeLimit - stopwatch.elapsed
            guard rest > .zero else { return false }
            let seen = version
            do {
                version = try await withDeadline(min(rest, Self.lookAgain), clock: context.clock) { [news] in
                    try await news.next(after: seen)?.version ?? seen
                }
            } catch is DeadlineExceeded {
                // Look again.
            }
        }
    }

    /// All that were asked for, in their newest state, by name.
    var all: [PodVolumeBackup] {
        states.withLock { $0.values.compactMap { $0 } }.sorted { $0.name < $1.name }
    }

    /// Names of all that were asked for.
    var names: [String] { states.withLock { Array($0.keys) } }

    /// Names of those that were deleted while they were waited for.
    var deleted: [String] { states.withLock { $0.filter { $0.value == nil }.keys.sorted() } }

    /// Tells the agents to end those that have not ended, since nobody waits for them any more.
    func cancelAll(_ reason: String) async throws {
        try await Self.cancel(all, reason, context)
    }

    /// Tells the agents to end backups of volumes.
    static func cancel(_ volumes: [PodVolumeBackup], _ reason: String, _ context: ControllerContext) async throws {
        for volume in volumes where !volume.phase.isFinal && !volume.isCancelled {
            _ = try await context.update(PodVolumeBackup.self, volume.key) { volume in
                guard !volume.phase.isFinal, !volume.isCancelled else { return false }
                volume.cancel = true
                volume.message = reason
                return true
            }
        }
    }
}
