// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing

@Suite("Event recorder", .timeLimit(.minutes(1)))
struct EventRecorderTests {
    private func run(
        _ script: @escaping @Sendable (Int) -> ScriptedHTTPClient.Answer,
        _ record: (EventRecorder) -> Void
    ) async throws -> [(method: String, path: String, body: JSONValue)] {
        let http = ScriptedHTTPClient { _, index in script(index) }
        let clock = ManualClock(jumps: true)
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: clock)
        let recorder = EventRecorder(
            client: client,
            component: "velero",
            host: "node-1",
            clock: clock,
            now: { KubeTime(seconds: 1) }
        )
        record(recorder)
        recorder.finish()
        try await recorder.run()
        return try http.requests.map { ($0.method, $0.pathAndQuery, try JSONText.parse($0.bodyText)) }
    }

    @Test("an event names object, reason and reporter; a second one only counts")
    func writes() async throws {
        var pod = Pod(name: "p", namespace: "n")
        pod.metadata.uid = "u"
        let requests = try await run({ _ in .init(201, "{}") }) { recorder in
            recorder.record(pod.object, .warning, reason: "BackupFailed", message: "why")
            recorder.record(pod.object, .warning, reason: "BackupFailed", message: "why")
        }
        #expect(requests.map(\.method) == ["POST", "PATCH"])
        let event = Event(object: try #require(KubeObject(json: requests[0].body)))
        #expect(requests[0].path == "/api/v1/namespaces/n/events?fieldManager=velero")
        #expect(event.severity == .warning && event.reason == "BackupFailed" && event.message == "why")
        #expect(event.involvedKind == "Pod" && event.involvedName == "p" && event["involvedObject", "uid"] == "u")
        #expect(event["source"] == ["component": "velero", "host": "node-1"])
        #expect(event.firstTimestamp == KubeTime(seconds: 1))
        #expect(requests[1].path == "/api/v1/namespaces/n/events/\(event.name)?fieldManager=velero")
        #expect(requests[1].body["count"] == 2)
    }

    @Test("events of objects without namespace go to the default one; failures and long messages harm nothing")
    func robust() async throws {
        let requests = try await run({ $0 == 0 ? .init(403, "") : .init(404, "") }) { recorder in
            let node = Node(name: "n1").object
            recorder.record(node, .normal, reason: "A", message: String(repeating: "é", count: 2000))
            recorder.record(node, .normal, reason: "B", message: "m")
            recorder.record(node, .normal, reason: "B", message: "m")
            recorder.record(node, .normal, reason: "B", message: "m")
        }
        #expect(requests.map(\.method) == ["POST", "POST", "PATCH", "POST"])
        #expect(requests[0].path == "/api/v1/namespaces/default/events?fieldManager=velero")
        #expect(requests[0].body["message"]?.string?.utf8.count == 1024)
    }

    @Test("recording never waits: what is too much is dropped")
    func overflow() async throws {
        let requests = try await run({ _ in .init(201, "{}") }) { recorder in
            for index in 0..<1000 {
                recorder.record(Pod(name: "p\(index)", namespace: "n").object, .normal, reason: "R", message: "m")
            }
        }
        #expect(requests.count == 256)
    }
}
