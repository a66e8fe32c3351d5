// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import ClusterArchive

@Suite struct CollectionTests {
    @Test func `pods and what their volumes are made of come first, the old extensions last, twins once`() {
        let types = [
            Fixture.type("configmaps"), Fixture.type("events"), Fixture.volumes, Fixture.pods, Fixture.claims,
            Fixture.type("deployments", "extensions"), Fixture.type("ingresses", "extensions"), Fixture.deployments,
            Fixture.type("events", "events.k8s.io"), Fixture.type("networkpolicies", "networking.k8s.io"),
        ]
        #expect(
            CollectionOrder.sorted(types).map(\.description) == [
                "pods", "persistentvolumeclaims", "persistentvolumes", "configmaps", "events", "deployments.apps",
                "networkpolicies.networking.k8s.io", "ingresses.extensions",
            ]
        )
    }

    @Test func `a page of large objects makes the next one short`() {
        var size = PageSize(maximum: 500, targetByteCount: 1000)
        #expect(size.limit == 100)
        size.note(objectCount: 100, byteCount: 100)
        #expect(size.limit == 500)
        size.note(objectCount: 10, byteCount: 5000)
        #expect(size.limit == 2)
        size.note(objectCount: 2, byteCount: 1_000_000)
        #expect(size.limit == 1)
        size.note(objectCount: 1, byteCount: 1)
        #expect(size.limit == 8, "what follows may be large again")
    }

    /// Gives pages of two, and says once that listing took too long.
    private actor Pages: ObjectSource {
        private let names: [String]
        private var expires: Int
        private(set) var requestCount = 0

        init(_ names: [String], expires: Int) {
            self.names = names
            self.expires = expires
        }

        func page(_ request: CollectionRequest, limit: Int, after token: String?) async throws -> ObjectPage {
            requestCount += 1
            let start = token.flatMap { Int($0) } ?? 0
            if start > 0, expires > 0 {
                expires -= 1
                throw SourceError(.expired, "too old")
            }
            let end = min(start + 2, names.count)
            let objects = names[start..<end].map { Fixture.object(Fixture.pods, $0, in: "shop") }
            return ObjectPage(objects: objects, nextToken: end < names.count ? String(end) : nil)
        }

        func object(_ type: ResourceType, _ key: ObjectKey) async throws -> KubeObject? { nil }
    }

    private func collect(_ pages: Pages) async throws -> [String] {
        var items = BackedUpItems()
        var names: [String] = []
        try await ObjectCollector(pages).collect(CollectionRequest(Fixture.pods)) { page in
            for object in page.objects where items.meet(object) { names.append(object.metadata.name ?? "") }
        }
        return names
    }

    @Test func `every object is handed over once, also when the listing has to begin anew`() async throws {
        let names = ["a", "b", "c", "d", "e"]
        #expect(try await collect(Pages(names, expires: 0)) == names)
        #expect(try await collect(Pages(names, expires: 1)) == names)
        await #expect(throws: SourceError.self) { try await collect(Pages(names, expires: 9)) }
    }

    @Test func `an order of resources is read by any name of the resource`() {
        let order = ResourceOrder(["po": "shop/b, shop/a", "pv": "v1"], resolve: Fixture.resolve)
        #expect(order[Fixture.pods].map(\.description) == ["shop/b", "shop/a"])
        #expect(order[Fixture.volumes].map(\.description) == ["v1"])
        #expect(order[Fixture.nodes].isEmpty)
    }
}
