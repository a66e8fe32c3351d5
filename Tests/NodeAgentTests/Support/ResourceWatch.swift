// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// What a watch tells about one kind's resources, for tests that wait for something to happen.
final class ResourceWatch<Resource: KubeResource>: Sendable {
    private let seen = LatestValue<[String: [Resource]]>([:])
    let reflector: Reflector

    init(client: KubeClient, namespace: String) {
        let seen = seen
        reflector = Reflector(
            .init(Resource.resourceType, namespace: namespace),
            client: client,
            store: ObjectStore(),
            onChange: { change in
                guard let object = change.new else { return }
                seen.update { $0[change.key.name, default: []].append(Resource(object: object)) }
            }
        )
    }

    /// Every state of a resource that was seen, in their order.
    func history(_ name: String) -> [Resource] { seen.value[name] ?? [] }

    /// Waits until a resource is as wanted.
    @discardableResult
    func wait(_ name: String, until isMet: (Resource) -> Bool) async throws -> Resource {
        var version = 0
        while true {
            if let now = seen.value[name]?.last, isMet(now) { return now }
            guard let next = try await seen.next(after: version) else { throw CancellationError() }
            version = next.version
        }
    }
}

extension ResourceWatch where Resource: PodVolumeResource {
    /// Waits until a resource has ended.
    func end(_ name: String) async throws -> Resource { try await wait(name) { $0.phase.isFinal } }
}
