// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import VeleroAPI

/// What a watch tells about one kind's resources, for tests that wait for something to happen.
final class ResourceWatch<Resource: KubeResource>: Sendable {
    private let seen = LatestValue<[String: [Resource]]>([:])
    private let observers = Shared<[Int: @Sendable (Resource) -> Void]>([:])
    let reflector: Reflector

    init(client: KubeClient, namespace: String) {
        let seen = seen
        let observers = observers
        reflector = Reflector(
            .init(Resource.resourceType, namespace: namespace),
            client: client,
            store: ObjectStore(),
            onChange: { change in
                guard let object = change.new else { return }
                for observer in observers.value.values { observer(Resource(object: object)) }
                seen.update { $0[change.key.name, default: []].append(Resource(object: object)) }
            }
        )
    }

    /// Tells `observer` of each change, until the end of what this returns.
    func onChange(_ observer: @escaping @Sendable (Resource) -> Void) -> Observation {
        let observers = observers
        let id = observers.change { all in
            let id = (all.keys.max() ?? 0) + 1
            all[id] = observer
            return id
        }
        return Observation { observers.change { $0[id] = nil } }
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
    @discardableResult
    func end(_ name: String) async throws -> Resource { try await wait(name) { $0.phase.isFinal } }
}

/// Something that goes on until it is ended.
struct Observation: Sendable {
    let end: @Sendable () -> Void
}
