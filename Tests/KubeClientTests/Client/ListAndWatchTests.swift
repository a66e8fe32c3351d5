// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import HTTPTransport
import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("Lists and watches", .timeLimit(.minutes(1)))
struct ListAndWatchTests {
    typealias Answer = ScriptedHTTPClient.Answer

    private func client(_ http: ScriptedHTTPClient) -> KubeClient {
        KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: ManualClock(jumps: true))
    }

    private static func page(_ items: [String], version: String = "9", next: String = "") -> String {
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)","continue":"\#(next)"},"items":["#
            + items.joined(separator: ",") + "]}"
    }

    private static func pod(_ name: String) -> String { #"{"metadata":{"name":"\#(name)","namespace":"n"}}"# }

    @Test("pages follow one another, and objects get the kind lists leave out")
    func pages() async throws {
        let http = ScriptedHTTPClient(
            Answer(Self.page([Self.pod("a"), Self.pod("b")], next: "t"), inPiecesOf: 5),
            Answer(Self.page([Self.pod("c")]), inPiecesOf: 1000)
        )
        let pods = try await client(http).list(Pod.self, namespace: "n")
        #expect(pods.map(\.name) == ["a", "b", "c"])
        #expect(pods.map(\.object.kind) == ["Pod", "Pod", "Pod"])
        #expect(http.requests.map { $0.pathAndQuery.hasSuffix("&continue=t") } == [false, true])
    }

    @Test("one object that cannot be read does not stop the others")
    func undecodable() async throws {
        let http = ScriptedHTTPClient(
            Answer(200, Self.page([Self.pod("a"), #"{"x":"\q"}"#, "7", "{}", Self.pod("b")]))
        )
        var names: [String] = []
        var failureCount = 0
        let version = try await client(http).list(Pod.resourceType, namespace: nil) { item in
            switch item {
            case .success(let object): names.append(object.metadata.name ?? "")
            case .failure: failureCount += 1
            }
        }
        #expect(names == ["a", "b"])
        #expect(failureCount == 3)
        #expect(version == "9")
    }

    @Test("a page that is no longer kept makes a small list begin anew")
    func expired() async throws {
        let gone = Answer(410, #"{"kind":"Status","apiVersion":"v1","reason":"Expired","code":410}"#)
        let http = ScriptedHTTPClient(
            Answer(200, Self.page([Self.pod("a")], next: "t")),
            gone,
            Answer(200, Self.page([Self.pod("b")]))
        )
        #expect(try await client(http).list(Pod.self, namespace: nil).map(\.name) == ["b"])
    }

    @Test("a list that ends early, or is none, is an error and no short list", arguments: [20, 60, 100])
    func cut(_ byteCount: Int) async throws {
        let http = ScriptedHTTPClient(Answer(200, String(Self.page([Self.pod("a"), Self.pod("b")]).prefix(byteCount))))
        let error = try await #require(throws: KubeError.self) { try await client(http).list(Pod.self, namespace: nil) }
        #expect(error.code == .malformed)
    }

    @Test("a server that repeats a page for ever is stopped")
    func repeatedPage() async throws {
        let http = ScriptedHTTPClient(Answer(200, Self.page([], next: "t")))
        let error = try await #require(throws: KubeError.self) { try await client(http).list(Pod.self, namespace: nil) }
        #expect(error.code == .malformed)
        #expect(http.requests.count == 2)
    }

    @Test("events arrive as they are sent, wherever pieces end; what is cut off is left out")
    func watch() async throws {
        let line = #"{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"10"}}}"# + "\n"
        let text =
            line + "nonsense\n" + #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}}"# + "\n"
            + line.dropLast(9)
        let http = ScriptedHTTPClient(Answer(text, inPiecesOf: 7))
        var events: [String] = []
        try await client(http).watch(Pod.resourceType, namespace: nil, resourceVersion: "9") { event in
            switch event {
            case .added(let object): events.append("added \(object.metadata.name ?? "")")
            case .bookmark(let version): events.append("bookmark \(version)")
            case .undecodable: events.append("undecodable")
            default: events.append("other")
            }
        }
        #expect(events == ["added a", "undecodable", "bookmark 12"])
        let request = try #require(http.requests.first)
        #expect(request.stallTimeout == .never)
        #expect(request.totalTimeout == .seconds(330))
    }

    @Test("a watch can be cancelled while nothing happens")
    func cancelledWatch() async throws {
        let stream = BoundedChannel<[UInt8]>(capacity: 1)
        let reached = Gate()
        let http = ScriptedHTTPClient { _, _ in
            reached.open()
            return Answer(stream: stream)
        }
        let client = client(http)
        let watch = Task {
            try await client.watch(Pod.resourceType, namespace: nil, resourceVersion: "1") { _ in }
        }
        try await reached.pass()
        watch.cancel()
        await #expect(throws: CancellationError.self) { try await watch.value }
    }

    @Test("deleting a collection does not keep the objects the server tells of")
    func deleteCollection() async throws {
        var limits = KubeClient.Limits()
        limits.maximumObjectByteCount = 10
        let http = ScriptedHTTPClient(Answer(Self.page((0..<50).map { Self.pod("p\($0)") }), inPiecesOf: 100))
        let client = KubeClient(
            ClusterConfiguration(server: "https://k"),
            http: http,
            limits: limits,
            clock: ManualClock()
        )
        try await client.deleteCollection(Pod.resourceType, namespace: "n")
        #expect(http.requests.map(\.method) == ["DELETE"])
    }

    @Test("logs arrive as they are, following without limit of silence")
    func logs() async throws {
        let http = ScriptedHTTPClient(Answer("line one\nline two", inPiecesOf: 4))
        var options = LogOptions(container: "main")
        options.follows = true
        options.lastLineCount = 5
        var bytes: [UInt8] = []
        try await client(http).logs(of: ObjectKey(namespace: "n", name: "p"), options: options, timeout: .seconds(9)) {
            bytes += $0
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "line one\nline two")
        let request = try #require(http.requests.first)
        #expect(request.pathAndQuery == "/api/v1/namespaces/n/pods/p/log?container=main&follow=true&tailLines=5")
        #expect(request.stallTimeout == .never)
        #expect(request.totalTimeout == .seconds(9))
    }
}
