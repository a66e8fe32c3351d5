// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// Tells clients the server's version and what it can do, and removes their requests a minute later.
struct ServerStatusController: Sendable {
    let context: ControllerContext
    let store: ObjectStore

    private static let lifetime: Duration = .seconds(60)
    /// What other installations need a plugin for.
    private static let abilities: [(name: String, kind: String)] = [
        ("velero.io/aws", "ObjectStore")
    ]

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let request = store.get(ServerStatusRequest.self, key), !request.metadata.isBeingDeleted else {
            return .done
        }
        let now = context.now()
        if request.phase == .processed {
            let left = now.duration(to: (request.processedTimestamp ?? now).advanced(by: Self.lifetime))
            guard left <= .zero else { return .again(after: min(left, Self.lifetime)) }
            do {
                try await context.client.delete(ServerStatusRequest.resourceType, key)
            } catch let error as KubeError {
                guard error.code == .notFound else { throw error }
            }
            return .done
        }
        let version = context.settings.version
        _ = try await context.update(ServerStatusRequest.self, key) { request in
            guard request.phase != .processed else { return false }
            request.phase = .processed
            request.processedTimestamp = now
            request.serverVersion = version
            request.plugins = Self.abilities.map { ["name": .string($0.name), "kind": .string($0.kind)] }
            return true
        }
        return .again(after: Self.lifetime)
    }
}
