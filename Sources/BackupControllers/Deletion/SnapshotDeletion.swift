// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat
import VeleroAPI

/// Forgets the snapshots of a backup's volumes; their space comes back with the repository's next maintenance.
struct SnapshotDeletion: BackupDeletionPart {
    let context: ControllerContext

    func delete(_ backup: BackupReference) async throws -> [String] {
        var labels = [VeleroLabel.backupName: ObjectName.labelValue(backup.name)]
        labels[VeleroLabel.backupUID] = backup.uid
        let volumes = try await context.client.list(
            PodVolumeBackup.self,
            namespace: context.settings.namespace,
            options: ListOptions(labels: LabelSelector(matching: labels))
        )
        let (snapshots, invalid) = Self.snapshots(of: volumes)
        var problems = invalid
        for (key, ids) in snapshots.sorted(by: { $0.key.description < $1.key.description }) {
            do {
                problems += try await withDeadline(context.settings.deletionTimeLimit, clock: context.clock) {
                    try await forget(ids, in: key)
                }
            } catch {
                try Task.checkCancellation()
                if let error = error as? KubeError { throw error }
                let text = RepositoryProblem.text(error, namespace: context.settings.namespace)
                problems.append("snapshots \(ids.joined(separator: ", ")) of \(key): \(text)")
            }
        }
        return problems
    }

    /// The snapshots of backups of volumes, by repository, and what is wrong with some.
    static func snapshots(of volumes: [PodVolumeBackup]) -> ([RepositoryKey: [String]], problems: [String]) {
        var snapshots: [RepositoryKey: [String]] = [:]
        var problems: [String] = []
        for volume in volumes {
            guard let id = volume.snapshotID, !id.isEmpty else { continue }
            guard volume.mover.isRestic else {
                problems.append("the snapshot of \(volume.name) was made by \(volume.mover), which is not served here")
                continue
            }
            guard SnapshotIDText.isValid(id), let namespace = volume.podNamespace,
                let location = volume.backupStorageLocation, ObjectName.isLabel(namespace),
                ObjectName.isSubdomain(location)
            else {
                problems.append("\(volume.name) names no snapshot that could be looked for")
                continue
            }
            let key = RepositoryKey(namespace: namespace, location: location)
            if snapshots[key]?.contains(id) != true { snapshots[key, default: []].append(id) }
        }
        return (snapshots, problems)
    }

    private func forget(_ names: [String], in key: RepositoryKey) async throws -> [String] {
        try await context.repositories.withRepository(key, for: .writing(for: nil)) { repository in
            let wanted = try await Self.resolve(names, in: repository)
            guard !wanted.ids.isEmpty else { return wanted.problems }
            var options = LockOptions()
            options.retryDuration = context.settings.lockWait
            let failures = try await repository.withLock(.exclusive, options: options) { held in
                try await repository.removeSnapshots(wanted.ids, holding: held)
            }
            context.logger.info(
                "forgot snapshots of a deleted backup",
                metadata: ["repository": "\(key)", "count": "\(wanted.ids.count - failures.count)"]
            )
            return wanted.problems + failures.map { "snapshot \($0.id.shortHex): \($0.error)" }
        }
    }

    /// The ids that short ones stand for; those that are gone already are left out.
    private static func resolve(
        _ names: [String],
        in repository: Repository
    ) async throws -> (ids: [SnapshotID], problems: [String]) {
        let listed = try await repository.listSnapshots()
        var ids: [SnapshotID] = []
        var problems: [String] = []
        for name in names {
            switch SnapshotID.find(prefix: name, among: listed) {
            case .one(let id): ids.append(id)
            case .none: break
            case .several(let count): problems.append("\(count) snapshots begin with \(name); none of them was removed")
            }
        }
        return (ids, problems)
    }
}
