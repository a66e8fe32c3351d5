// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Asks for the deletion of backups whose time is over.
struct ExpiryController: Sendable {
    let context: ControllerContext
    let backups: ObjectStore
    let locations: ObjectStore

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let backup = backups.get(Backup.self, key) else { return .done }
        try await locations.waitUntilSynced()
        let name = backup.storageLocation.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        let location = locations.get(
            BackupStorageLocation.self,
            ObjectKey(namespace: context.settings.namespace, name: name)
        )
        let interval = context.settings.collectionInterval
        switch BackupExpiry.decide(backup, location: location, now: context.now()) {
        case .keep(nil): return .done
        // Looked at again in between, since the clock may be changed.
        case .keep(let pause?): return .again(after: min(pause, interval))
        case .blocked(let reason):
            try await label(backup, reason)
            return .again(after: interval)
        case .delete:
            try await label(backup, nil)
            try await request(backup)
            return .again(after: interval)
        }
    }

    private func label(_ backup: Backup, _ reason: String?) async throws {
        guard backup.metadata[label: VeleroLabel.collectionFailure] != reason else { return }
        _ = try await context.update(Backup.self, backup.key) { backup in
            backup.metadata[label: VeleroLabel.collectionFailure] = reason
            return true
        }
    }

    private func request(_ backup: Backup) async throws {
        let labels = [
            VeleroLabel.backupName: ObjectName.labelValue(backup.name),
            VeleroLabel.backupUID: backup.metadata.uid ?? "",
        ]
        let requests = try await context.client.list(
            DeleteBackupRequest.self,
            namespace: context.settings.namespace,
            options: ListOptions(labels: LabelSelector(matching: labels))
        )
        guard !requests.contains(where: { $0.phase == .new || $0.phase == .inProgress }) else { return }
        var request = DeleteBackupRequest(name: nil, namespace: context.settings.namespace)
        request.metadata.generateName = backup.name + "-"
        request.metadata.labels = labels
        request.backupName = backup.name
        _ = try await context.client.create(request)
        context.logger.info(
            "a backup's time is over; its deletion is asked for",
            metadata: ["backup.name": "\(backup.name)"]
        )
    }
}
