// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Answers requests for files of locations with URLs that are good for ten minutes, and removes the requests then.
struct DownloadController: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    let links: LocationLinks

    private static let lifetime: Duration = .seconds(600)
    private static let timeLimit: Duration = .seconds(60)

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let request = store.get(DownloadRequest.self, key), !request.metadata.isBeingDeleted else {
            return .done
        }
        let now = context.now()
        if let end = request.expiration {
            let left = now.duration(to: end)
            guard left > .zero else { return try await remove(request) }
            if request.phase == .processed { return .again(after: min(left, Self.lifetime)) }
        }
        do {
            let url = try await withDeadline(Self.timeLimit, clock: context.clock) { try await self.url(for: request) }
            _ = try await context.update(DownloadRequest.self, key) { request in
                guard request.phase != .processed else { return false }
                request.downloadURL = url
                request.phase = .processed
                request.expiration = now.advanced(by: Self.lifetime)
                return true
            }
        } catch {
            try Task.checkCancellation()
            context.logger.warning(
                "a request for a download cannot be answered",
                metadata: [
                    "request": "\(request.name)",
                    "error": "\(RepositoryProblem.text(error, namespace: context.settings.namespace))",
                ]
            )
            // So that a request nobody can answer does not stay for ever.
            _ = try await context.update(DownloadRequest.self, key) { request in
                guard request.expiration == nil else { return false }
                request.expiration = now.advanced(by: Self.lifetime)
                return true
            }
            throw error
        }
        return .again(after: Self.lifetime)
    }

    private func url(for request: DownloadRequest) async throws -> String {
        let name = request.targetName ?? ""
        guard let kind = request.targetKind, let target = DownloadTarget(kind, name: name) else {
            throw LocationError(.incomplete, "spec.target names no file of a backup or restore")
        }
        var backupName = name
        if target.isRestore {
            let restore = try await found(Restore.self, name)
            backupName = restore.backupName ?? ""
        }
        let backup = try await found(Backup.self, backupName)
        let location = backup.storageLocation ?? ""
        return try await links.url(of: target.key, in: location, lifetime: Self.lifetime)
    }

    private func found<Resource: VeleroResource>(_: Resource.Type, _ name: String) async throws -> Resource {
        let key = ObjectKey(namespace: context.settings.namespace, name: name)
        guard ObjectName.isSubdomain(name), let resource = try await context.client.get(Resource.self, key) else {
            throw LocationError(.incomplete, "there is no \(Resource.gvk.kind) \(name)")
        }
        return resource
    }

    private func remove(_ request: DownloadRequest) async throws -> Controller<ObjectKey>.Outcome {
        do {
            try await context.client.delete(DownloadRequest.resourceType, request.key)
        } catch let error as KubeError {
            guard error.code == .notFound else { throw error }
        }
        return .done
    }
}
