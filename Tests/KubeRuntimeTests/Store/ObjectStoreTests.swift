// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import KubeRuntime

@Suite("Object store")
struct ObjectStoreTests {
    private func pod(_ name: String, version: String, node: String = "n1") -> KubeObject {
        var pod = Pod(name: name, namespace: "n")
        pod.metadata.resourceVersion = version
        pod["spec", "nodeName"] = .string(node)
        return pod.object
    }

    private func store() -> ObjectStore {
        ObjectStore(indexes: ["node": { [Pod(object: $0).nodeName].compactMap { $0 } }])
    }

    @Test("objects are found by key and index, also after they changed")
    func indexes() {
        let store = store()
        _ = store.change { $0.put(pod("a", version: "1")) }
        _ = store.change { $0.put(pod("b", version: "2")) }
        #expect(Set(store.objects(index: "node", value: "n1").map(\.key.name)) == ["a", "b"])
        _ = store.change { $0.put(pod("a", version: "3", node: "n2")) }
        #expect(store.objects(index: "node", value: "n1").map(\.key.name) == ["b"])
        #expect(store.objects(index: "node", value: "n2").map(\.key.name) == ["a"])
        _ = store.change { $0.remove(ObjectKey(namespace: "n", name: "a")) }
        #expect(store.objects(index: "node", value: "n2").isEmpty)
        #expect(store.get(Pod.self, ObjectKey(namespace: "n", name: "b"))?.nodeName == "n1")
        #expect(store.objects(index: "other", value: "n2").isEmpty)
    }

    @Test("only what is new is a change")
    func changes() {
        let store = store()
        let first = pod("a", version: "1")
        #expect(store.change { $0.put(first) } == StoreChange(key: first.key, old: nil, new: first))
        #expect(store.change { $0.put(first) } == nil)
        let second = pod("a", version: "2")
        #expect(store.change { $0.put(second) } == StoreChange(key: first.key, old: first, new: second))
        #expect(store.change { $0.remove(first.key) } == StoreChange(key: first.key, old: second, new: nil))
        #expect(store.change { $0.remove(first.key) } == nil)
    }

    @Test("an object made anew under the same name and version is a change")
    func reborn() {
        let store = store()
        var first = pod("a", version: "1")
        first.metadata.uid = "u1"
        _ = store.change { $0.put(first) }
        first.metadata.uid = "u2"
        #expect(store.change { $0.put(first) } != nil)
    }

    @Test("what a listing does not bring is gone; an interrupted listing removes nothing")
    func listing() {
        let store = store()
        for name in ["a", "b", "c"] { _ = store.change { $0.put(pod(name, version: "1")) } }
        store.change { $0.beginListing() }
        _ = store.change { $0.put(pod("a", version: "1")) }
        #expect(store.count == 3)
        store.change { $0.beginListing() }
        _ = store.change { $0.put(pod("b", version: "1")) }
        _ = store.change { $0.put(pod("d", version: "2")) }
        let gone = store.change { $0.endListing() }
        #expect(Set(gone.map(\.key.name)) == ["a", "c"])
        #expect(gone.allSatisfy { $0.new == nil && $0.old != nil })
        #expect(Set(store.objects.map(\.key.name)) == ["b", "d"])
    }
}
