// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeModel
internal import Synchronization

/// The objects of one kind as a ``Reflector`` last saw them, found by key and by index.
///
/// Reading never waits for the server; what is read may be a moment old.
package final class ObjectStore: Sendable {
    private let state: Mutex<StoreState>
    private let synced = LatestValue(false)

    /// - Parameter indexes: For each index the values under which an object is found; called again whenever it changes, with the
    ///   same answer for the same object.
    package init(indexes: [String: @Sendable (KubeObject) -> [String]] = [:]) {
        state = Mutex(StoreState(functions: indexes))
    }

    /// The object of that key.
    package subscript(key: ObjectKey) -> KubeObject? { state.withLock { $0.object(key) } }

    /// The object of that key, in its view.
    package func get<Resource: KubeResource>(_: Resource.Type, _ key: ObjectKey) -> Resource? {
        self[key].map(Resource.init(object:))
    }

    /// All objects, in no order.
    package var objects: [KubeObject] { state.withLock { $0.objects } }

    package var count: Int { state.withLock { $0.count } }

    /// The objects found under `value` of an index, in no order.
    package func objects(index: String, value: String) -> [KubeObject] {
        state.withLock { $0.objects(index: index, value: value) }
    }

    /// Whether the store has once held all objects.
    package var isSynced: Bool { synced.value }

    /// Waits until the store has once held all objects.
    package func waitUntilSynced() async throws {
        while !synced.value { _ = try await synced.next(after: 0) }
    }

    func change<Result: Sendable>(_ body: (inout StoreState) -> Result) -> Result { state.withLock { body(&$0) } }

    func markSynced() {
        if !synced.value { synced.update { $0 = true } }
    }
}
