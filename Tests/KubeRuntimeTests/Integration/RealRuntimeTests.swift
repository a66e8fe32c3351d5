// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing

@Suite("Runtime against a real API server", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(8)))
struct RealRuntimeTests {
    private func withClient<Result: Sendable>(_ body: (KubeClient, ControlPlane) async throws -> Result) async throws
        -> Result
    {
        let plane = try ControlPlane.required()
        return try await KubeClient.withClient(plane.administrator, limits: ControlPlane.unhurried) { client in
            try await body(client, plane)
        }
    }

    /// What a test waits for, met by the reflector's own reports and never by time.
    private final class Observed: Sendable {
        private let state = LatestValue<(data: [String: String], listingCount: Int)>(([:], 0))

        func take(_ change: StoreChange) {
            state.update { $0.data[change.key.name] = change.new.map { ConfigMap(object: $0).data["n"] ?? "" } }
        }

        func take(_ report: Reflector.Report) {
            if case .listed = report { state.update { $0.listingCount += 1 } }
        }

        var listingCount: Int { state.value.listingCount }

        func wait(until isMet: ([String: String], Int) -> Bool) async throws {
            var version = 0
            while !isMet(state.value.data, state.value.listingCount) {
                guard let next = try await state.next(after: version) else { return }
                version = next.version
            }
        }
    }

    private func reflecting(
        _ client: KubeClient,
        label: String,
        _ body: (ObjectStore, Observed) async throws -> Void
    ) async throws {
        let observed = Observed()
        let store = ObjectStore()
        let options = ListOptions(labels: LabelSelector(matching: ["test": label]))
        let reflector = Reflector(
            .init(ConfigMap.resourceType, namespace: "default", options: options),
            client: client,
            store: store,
            report: { observed.take($0) },
            onChange: { observed.take($0) }
        )
        let task = Task { try await reflector.run() }
        defer { task.cancel() }
        try await store.waitUntilSynced()
        try await body(store, observed)
    }

    private func map(_ name: String, label: String, _ value: String = "0") -> ConfigMap {
        var map = ConfigMap(name: name, namespace: "default")
        map.metadata.labels = ["test": label]
        map.data = ["n": value]
        return map
    }

    private func set(_ client: KubeClient, _ name: String, _ value: String) async throws {
        let key = ObjectKey(namespace: "default", name: name)
        _ = try await client.patch(ConfigMap.self, key, .merge(["data": ["n": .string(value)]]))
    }

    @Test("changes are seen through a killed and restarted API server")
    func serverKilled() async throws {
        try await withClient { client, plane in
            _ = try await client.create(map("killed-a", label: "killed"))
            try await reflecting(client, label: "killed") { store, observed in
                try await set(client, "killed-a", "1")
                try await observed.wait { data, _ in data["killed-a"] == "1" }
                await plane.killAPIServer()
                try await plane.startAPIServer()
                // Written before the reflector can have come back.
                try await set(client, "killed-a", "2")
                _ = try await client.create(map("killed-b", label: "killed", "3"))
                try await observed.wait { data, _ in data["killed-a"] == "2" && data["killed-b"] == "3" }
                #expect(store.count == 2)
            }
        }
    }

    @Test("cut connections cost no list: the watch goes on where it stood and misses nothing")
    func cutConnections() async throws {
        try await withClient { client, plane in
            _ = try await client.create(map("cut", label: "cut"))
            let serverPort = try #require(plane.server.split(separator: ":").last.flatMap { Int($0) })
            try await TCPRelay.with(serverPort: serverPort) { relay in
                var configuration = plane.administrator
                configuration.server = "https://127.0.0.1:\(relay.port)"
                try await KubeClient.withClient(configuration, limits: ControlPlane.unhurried) { relayed in
                    try await reflecting(relayed, label: "cut") { _, observed in
                        for value in ["1", "2", "3"] {
                            relay.cut()
                            // Written while there is no watch.
                            try await set(client, "cut", value)
                            try await observed.wait { data, _ in data["cut"] == value }
                        }
                        #expect(observed.listingCount == 1)
                    }
                }
                #expect(relay.connectionCount > 3)
            }
        }
    }

    @Test("after etcd was compacted the reflector lists anew and misses nothing")
    func compacted() async throws {
        try await withClient { client, plane in
            for name in ["compact-a", "compact-b"] { _ = try await client.create(map(name, label: "compact")) }
            try await reflecting(client, label: "compact") { store, observed in
                try await observed.wait { data, _ in data.count == 2 }
                await plane.killAPIServer()
                try await plane.startAPIServer()
                try await client.delete(ConfigMap.resourceType, ObjectKey(namespace: "default", name: "compact-a"))
                try await set(client, "compact-b", "9")
                try await plane.compactStore()
                try await observed.wait { data, _ in data["compact-a"] == nil && data["compact-b"] == "9" }
                #expect(store.objects.map(\.key.name) == ["compact-b"])
            }
        }
    }

    @Test("a watch from a compacted version is refused as expired")
    func expiredWatch() async throws {
        try await withClient { client, plane in
            let created = try await client.create(map("expired", label: "expired"))
            let version = try #require(created.metadata.resourceVersion)
            for value in 1...3 { try await set(client, "expired", String(value)) }
            try await plane.compactStore()
            // The API server's own cache would still know.
            await plane.killAPIServer()
            try await plane.startAPIServer()
            let error = try await #require(throws: KubeError.self) {
                try await client.watch(ConfigMap.resourceType, namespace: "default", resourceVersion: version) {
                    event in
                    if case .failed(let status) = event { throw KubeError(status, doing: "watch") }
                }
            }
            #expect(error.code == .expired)
        }
    }

    @Test("5,000 objects are listed and watched in bounded memory")
    func manyObjects() async throws {
        try await withClient { client, _ in
            let payload = String(repeating: "0123456789abcdef", count: 256)
            let count = 5000
            let seen = LatestValue(0)
            let idle = try Self.residentByteCount()
            let start = try await client.listPage(ConfigMap.resourceType, namespace: "default") { _ in }
            let watch = Task {
                try await client.watch(
                    ConfigMap.resourceType,
                    namespace: "default",
                    options: ListOptions(labels: LabelSelector(matching: ["test": "many"])),
                    resourceVersion: start.resourceVersion
                ) { event in
                    if case .added = event { seen.update { $0 += 1 } }
                }
            }
            defer { watch.cancel() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<count {
                    if index >= 16 { try await group.next() }
                    group.addTask {
                        var map = map("many-\(index)", label: "many")
                        map.data["payload"] = payload
                        _ = try await client.create(map)
                    }
                }
                try await group.waitForAll()
            }
            while seen.value < count { _ = try await seen.next(after: seen.value) }
            let before = try Self.residentByteCount()
            #expect(before - idle < 32 << 20, "grew by \((before - idle) >> 20) MiB for 20 MiB sent and watched")
            let options = ListOptions(labels: LabelSelector(matching: ["test": "many"]))
            var listed = 0
            for _ in 0..<2 {
                _ = try await client.list(ConfigMap.resourceType, namespace: "default", options: options) { item in
                    if case .success = item { listed += 1 }
                }
            }
            let grown = try Self.residentByteCount() - before
            #expect(listed == 2 * count)
            #expect(grown < 16 << 20, "grew by \(grown >> 20) MiB for two lists of 20 MiB")
            let version = try await client.list(ConfigMap.resourceType, namespace: "default", options: options) { _ in }
            #expect(Int(version) != nil)
            try await reflecting(client, label: "many") { store, _ in #expect(store.count == count) }
            try await client.deleteCollection(ConfigMap.resourceType, namespace: "default", options: options)
        }
    }

    private static func residentByteCount() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try #require(pages) * 4096
    }

    @Test("of two that want to lead one does, and the other when the first ends")
    func leaders() async throws {
        try await withClient { client, _ in
            let key = ObjectKey(namespace: "default", name: "leader")
            let timing = LeaseTiming(duration: .seconds(3), renewDeadline: .seconds(2), retryPeriod: .milliseconds(200))
            let order = Shared<[String]>([])
            let firstLeads = Gate()
            let mayEnd = Gate()
            let first = Task {
                try await LeaderElection(client: client, key: key, identity: "first", timing: timing).run {
                    order.change { $0.append("first") }
                    firstLeads.open()
                    try await mayEnd.pass()
                    order.change { $0.append("first ends") }
                }
            }
            try await firstLeads.pass()
            let second = Task {
                try await LeaderElection(client: client, key: key, identity: "second", timing: timing).run {
                    order.change { $0.append("second") }
                }
            }
            let holder = try await client.get(Lease.self, key)?.holder
            #expect(holder == "first")
            mayEnd.open()
            try await first.value
            try await second.value
            #expect(order.value == ["first", "first ends", "second"])
            #expect(try await client.get(Lease.self, key)?.transitionCount == 1)
        }
    }

    @Test("events are accepted, counted, and shown by kubectl")
    func events() async throws {
        try await withClient { client, plane in
            let object = try await client.create(map("events", label: "events")).object
            let recorder = EventRecorder(client: client, component: "velero", host: "node-1")
            for _ in 0..<3 { recorder.record(object, .warning, reason: "Tested", message: "it happened") }
            recorder.finish()
            try await recorder.run()
            let options = ListOptions(fields: FieldSelector("involvedObject.name", is: "events"))
            let events = try await client.list(Event.self, namespace: "default", options: options)
            #expect(events.map(\.occurrenceCount) == [3])
            let text = try await plane.kubectl(["get", "events", "--field-selector", "involvedObject.name=events"])
            #expect(text.contains("Tested") && text.contains("it happened"))
        }
    }
}
