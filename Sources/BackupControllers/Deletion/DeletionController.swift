// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import Logging
import VeleroAPI

/// Carries out DeleteBackupRequests, part by part.
struct DeletionController: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    /// What is deleted, in this order; a part that fails does not keep the others from being tried.
    let parts: [any BackupDeletionPart]

    /// After which a processed request, which then holds errors, is removed.
    private static let lifetime: Duration = .seconds(24 * 3600)

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let request = store.get(DeleteBackupRequest.self, key), !request.metadata.isBeingDeleted else {
            return .done
        }
        if request.phase == .processed { return try await remove(request) }
        let name = request.backupName ?? ""
        guard ObjectName.isSubdomain(name) else {
            return try await finish(request, errors: ["spec.backupName is no name of a backup"])
        }
        let backup = try await context.client.get(
            Backup.self,
            ObjectKey(namespace: context.settings.namespace, name: name)
        )
        let reference = BackupReference(
            name: name,
            uid: request.metadata[label: VeleroLabel.backupUID] ?? backup?.metadata.uid
        )
        if request.phase != .inProgress {
            let begun = try await context.update(DeleteBackupRequest.self, key) { request in
                guard request.phase != .processed else { return false }
                request.phase = .inProgress
                request.metadata[label: VeleroLabel.backupName] = ObjectName.labelValue(name)
                if let uid = reference.uid { request.metadata[label: VeleroLabel.backupUID] = uid }
                return true
            }
            guard begun?.phase == .inProgress else { return .done }
        }
        var errors: [String] = []
        for part in parts { errors += try await part.delete(reference) }
        return try await finish(request, errors: errors)
    }

    private func finish(_ request: DeleteBackupRequest, errors: [String]) async throws -> Controller<ObjectKey>.Outcome
    {
        let shown = errors.prefix(100).map { String($0.prefix(1000)) }
        _ = try await context.update(DeleteBackupRequest.self, request.key) { request in
            request.phase = .processed
            request.errors = Array(shown)
            return true
        }
        for error in errors {
            context.logger.warning(
                "something of a backup could not be deleted",
                metadata: ["backup.name": "\(request.backupName ?? "")", "error": "\(error)"]
            )
        }
        return .done
    }

    private func remove(_ request: DeleteBackupRequest) async throws -> Controller<ObjectKey>.Outcome {
        let made = request.metadata.creationTimestamp ?? context.now()
        let left = context.now().duration(to: made.advanced(by: Self.lifetime))
        guard left <= .zero else { return .again(after: left) }
        try await context.client.delete(DeleteBackupRequest.resourceType, request.key)
        return .done
    }
}
