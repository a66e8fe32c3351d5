// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import HTTPTransport
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing

@Suite("Reflector", .timeLimit(.minutes(1)))
struct ReflectorTests {
    typealias Answer = ScriptedHTTPClient.Answer

    private static func pod(_ name: String, _ version: Int, phase: String = "Pending") -> String {
        #"{"metadata":{"name":"\#(name)","namespace":"n","resourceVersion":"\#(version)"},"status":{"phase":"\#(phase)"}}"#
    }

    private static func list(_ version: Int, _ items: String...) -> Answer {
        Answer(200, #"{"metadata":{"resourceVersion":"\#(version)"},"items":[\#(items.joined(separator: ","))]}"#)
    }

    private static func event(_ type: String, _ object: String) -> [UInt8] {
        Array((#"{"type":"\#(type)","object":\#(object)}"# + "\n").utf8)
    }

    /// Runs a reflector against a script until `changeCount` changes were seen.
    private func reflect(
        _ script: @escaping @Sendable (HTTPRequest, Int) async throws -> Answer,
        until changeCount: Int
    ) async throws -> (changes: [String], store: ObjectStore, requests: [HTTPRequest], clock: ManualClock) {
        let http = ScriptedHTTPClient(script)
        let clock = ManualClock(jumps: true)
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: clock)
        let store = ObjectStore()
        let changes = Shared<[String]>([])
        let enough = Gate()
        let reflector = Reflector(
            .init(Pod.resourceType, namespace: "n"),
            client: client,
            store: store,
            clock: clock,
            jitter: { 0 },
            onChange: { change in
                let text = (change.old == nil ? "+" : change.new == nil ? "-" : "~") + change.key.name
                let count = changes.change { changes in
                    changes.append(text)
                    return changes.count
                }
                if count == changeCount { enough.open() }
            }
        )
        let task = Task { try await reflector.run() }
        try await enough.pass()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        return (changes.value, store, http.requests, clock)
    }

    /// A watch in which nothing more happens.
    private static let silence = Answer(stream: BoundedChannel(capacity: 1))

    @Test("lists, follows the watch, and goes on after it where it stood")
    func follows() async throws {
        let result = try await reflect(
            { request, index in
                switch index {
                case 0: return Self.list(5, Self.pod("a", 3), Self.pod("b", 4))
                case 1:
                    var answer = Answer()
                    answer.body = .pieces([
                        Self.event("MODIFIED", Self.pod("a", 6, phase: "Running")),
                        Self.event("DELETED", Self.pod("b", 7)),
                        Self.event("BOOKMARK", #"{"metadata":{"resourceVersion":"20"}}"#),
                    ])
                    return answer
                case 2:
                    var answer = Answer()
                    answer.body = .pieces([Self.event("ADDED", Self.pod("c", 21))])
                    return answer
                default: return Self.silence
                }
            },
            until: 5
        )
        #expect(result.changes == ["+a", "+b", "~a", "-b", "+c"])
        #expect(result.store.isSynced)
        #expect(result.store.get(Pod.self, ObjectKey(namespace: "n", name: "a"))?.phase == .running)
        let versions = result.requests.map { request in
            request.url.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.map(String.init)
        }
        #expect(versions.prefix(3) == [nil, "resourceVersion=5", "resourceVersion=20"])
    }

    @Test("after 410 it lists anew and finds what changed in between, whether in the answer or as an event")
    func gone() async throws {
        let status = #"{"kind":"Status","apiVersion":"v1","reason":"Expired","code":410}"#
        let result = try await reflect(
            { _, index in
                switch index {
                case 0: return Self.list(5, Self.pod("a", 3), Self.pod("b", 4))
                case 1: return Answer(410, status)
                case 2: return Self.list(9, Self.pod("b", 8), Self.pod("c", 7))
                case 3:
                    var answer = Answer()
                    answer.body = .pieces([Self.event("ERROR", status)])
                    return answer
                case 4: return Self.list(12, Self.pod("b", 8))
                default: return Self.silence
                }
            },
            until: 6
        )
        #expect(result.changes.prefix(2) == ["+a", "+b"])
        #expect(result.changes.dropFirst(2).prefix(3).sorted() == ["+c", "-a", "~b"])
        #expect(result.changes.last == "-c")
        #expect(result.clock.sleeps.isEmpty)
    }

    @Test("a server that is away is asked again, less and less often, from where the watch stood")
    func outage() async throws {
        let result = try await reflect(
            { _, index in
                switch index {
                case 0: return Self.list(5, Self.pod("a", 3))
                case 1...4: throw HTTPError(.connect, "cannot connect")
                case 5:
                    var answer = Answer()
                    answer.body = .pieces([Self.event("DELETED", Self.pod("a", 6))])
                    return answer
                default: return Self.silence
                }
            },
            until: 2
        )
        #expect(result.changes == ["+a", "-a"])
        #expect(
            result.clock.sleeps.prefix(4) == [
                .milliseconds(400), .milliseconds(800), .milliseconds(1600), .milliseconds(3200),
            ]
        )
        #expect(result.requests.filter { $0.url.contains("watch=true&resourceVersion=5&") }.count == 5)
    }

    @Test("objects and events that cannot be read are left out, and the rest goes on")
    func undecodable() async throws {
        let result = try await reflect(
            { _, index in
                switch index {
                case 0: return Self.list(5, Self.pod("a", 3), #"{"metadata":{}}"#, "[1]")
                case 1:
                    var answer = Answer()
                    answer.body = .pieces([Array("garbage\n".utf8), Self.event("ADDED", Self.pod("b", 6))])
                    return answer
                default: return Self.silence
                }
            },
            until: 2
        )
        #expect(result.changes == ["+a", "+b"])
    }

    @Test("a list cut short removes nothing")
    func cutList() async throws {
        let result = try await reflect(
            { _, index in
                switch index {
                case 0: return Self.list(5, Self.pod("a", 3), Self.pod("b", 4))
                case 1: return Answer(410, #"{"kind":"Status","apiVersion":"v1","code":410}"#)
                case 2: return Answer(200, #"{"metadata":{"resourceVersion":"9"},"items":[\#(Self.pod("a", 3)),"#)
                case 3: return Self.list(9, Self.pod("a", 3), Self.pod("b", 4), Self.pod("c", 8))
                default: return Self.silence
                }
            },
            until: 3
        )
        #expect(result.changes == ["+a", "+b", "+c"])
    }
}
