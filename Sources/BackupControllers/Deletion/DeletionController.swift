// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Carries out DeleteBackupRequests: what the backup's parts hold first, then its objects in the bucket, its restores, and the backup.
///
/// The objects in the bucket stay while anything else could not be deleted, so that the deletion can be asked for again.
struct DeletionController: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    let stores: any StoreProvider
    /// What is deleted before the bucket's objects; a part that fails does not keep the others from being tried.
    let parts: [any BackupDeletionPart]

    /// After which a processed request, which then holds errors, is removed.
    private static let lifetime: Duration = .seconds(24 * 3600)

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let request = store.get(DeleteBackupRequest.self, key), !request.metadata.isBeingDeleted else {
            return .done
        }
        if request.phase == .processed { return try await removeWhenOld(request) }
        let name = request.backupName ?? ""
        guard !name.isEmpty else { return try await finish(request, errors: ["spec.backupName is required"]) }
        guard ObjectName.isSubdomain(name) else {
            return try await finish(request, errors: ["spec.backupName is no name of a backup"])
        }
        guard let backup = try await context.client.get(Backup.self, namespaced(name)) else {
            // A server that ended after the backup was gone has only this left to do.
            guard request.phase == .inProgress else { return try await finish(request, errors: ["backup not found"]) }
            try await removeRequests(of: name, request)
            return .done
        }
        let locationName = backup.storageLocation.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        let location = try await context.client.get(BackupStorageLocation.self, namespaced(locationName))
        if let problem = DeletionCheck.problem(backup, location: location, named: locationName) {
            return try await finish(request, errors: [problem])
        }
        let reference = BackupReference(name: name, uid: backup.metadata.uid)
        guard let begun = try await begin(request, backup) else { return .done }
        var errors: [String] = []
        for part in parts { errors += try await part.delete(reference) }
        if errors.isEmpty { errors += try await bucketProblems("backups", name, of: locationName) }
        errors += try await deleteRestores(of: name, in: locationName)
        guard errors.isEmpty else { return try await finish(begun, errors: errors) }
        try await delete(Backup.resourceType, backup.key)
        context.logger.info("deleted a backup", metadata: ["backup.name": "\(name)"])
        try await removeRequests(of: name, begun)
        return .done
    }

    private func namespaced(_ name: String) -> ObjectKey {
        ObjectKey(namespace: context.settings.namespace, name: name)
    }

    // MARK: Steps

    /// Marks request and backup; nil if the request is gone or was processed meanwhile.
    private func begin(_ request: DeleteBackupRequest, _ backup: Backup) async throws -> DeleteBackupRequest? {
        let labels = [
            VeleroLabel.backupName: ObjectName.labelValue(backup.name),
            VeleroLabel.backupUID: backup.metadata.uid ?? "",
        ]
        let begun = try await context.update(DeleteBackupRequest.self, request.key) { request in
            guard request.phase != .processed else { return false }
            request.phase = .inProgress
            for (name, value) in labels { request.metadata[label: name] = value }
            return true
        }
        guard let begun, begun.phase == .inProgress else { return nil }
        _ = try await context.update(Backup.self, backup.key) { backup in
            guard backup.phase != .deleting else { return false }
            backup.phase = .deleting
            return true
        }
        return begun
    }

    private func bucketProblems(_ folder: String, _ name: String, of location: String) async throws -> [String] {
        do {
            try await withDeadline(context.settings.deletionTimeLimit, clock: context.clock) {
                try await BucketDeletion.remove(folder, name, of: location, in: stores)
            }
            return []
        } catch {
            try Task.checkCancellation()
            if let error = error as? KubeError { throw error }
            let text = RepositoryProblem.text(error, namespace: context.settings.namespace)
            return ["\(folder)/\(name) in backup storage location \(location): \(text)"]
        }
    }

    private func deleteRestores(of name: String, in location: String) async throws -> [String] {
        var errors: [String] = []
        let restores = try await context.client.list(Restore.self, namespace: context.settings.namespace)
        for restore in restores where restore.backupName == name {
            let problems = try await bucketProblems("restores", restore.name, of: location)
            errors += problems
            guard problems.isEmpty else { continue }
            // The finalizer stands for what was just removed.
            _ = try await context.update(Restore.self, restore.key) { restore in
                guard restore.metadata.finalizers.contains(VeleroFinalizer.restoreObjects) else { return false }
                restore.metadata.finalizers.removeAll { $0 == VeleroFinalizer.restoreObjects }
                return true
            }
            try await delete(Restore.resourceType, restore.key)
        }
        return errors
    }

    private func delete(_ type: ResourceType, _ key: ObjectKey) async throws {
        do {
            try await context.client.delete(type, key)
        } catch let error as KubeError {
            guard error.code == .notFound else { throw error }
        }
    }

    /// Removes this request and all others for the backup.
    private func removeRequests(of name: String, _ request: DeleteBackupRequest) async throws {
        let requests = try await context.client.list(
            DeleteBackupRequest.self,
            namespace: context.settings.namespace,
            options: ListOptions(labels: LabelSelector(matching: [VeleroLabel.backupName: ObjectName.labelValue(name)]))
        )
        for other in requests where other.backupName == name {
            try await delete(DeleteBackupRequest.resourceType, other.key)
        }
        try await delete(DeleteBackupRequest.resourceType, request.key)
    }

    // MARK: Status

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

    private func removeWhenOld(_ request: DeleteBackupRequest) async throws -> Controller<ObjectKey>.Outcome {
        let made = request.metadata.creationTimestamp ?? context.now()
        let left = context.now().duration(to: made.advanced(by: Self.lifetime))
        guard left <= .zero else { return .again(after: left) }
        try await delete(DeleteBackupRequest.resourceType, request.key)
        return .done
    }
}
