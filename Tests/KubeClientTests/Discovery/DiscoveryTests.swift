// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("Discovery", .timeLimit(.minutes(1)))
struct DiscoveryTests {
    typealias Answer = ScriptedHTTPClient.Answer

    private func discover(_ documents: [String: String]) async throws -> (discovery: Discovery, requestCount: Int) {
        let http = ScriptedHTTPClient { request, _ in
            documents[request.pathAndQuery].map { Answer(200, $0) }
                ?? Answer(503, #"{"kind":"Status","apiVersion":"v1","code":503,"message":"down"}"#)
        }
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: ManualClock(jumps: true))
        return (try await client.discover(), http.requests.count)
    }

    private static let classic = [
        "/api": #"{"kind":"APIVersions","versions":["v1"]}"#,
        "/api/v1": #"""
        {"kind":"APIResourceList","groupVersion":"v1","resources":[
        {"name":"pods","singularName":"","namespaced":true,"kind":"Pod","verbs":["get","list"],"shortNames":["po"],"categories":["all"]},
        {"name":"pods/log","singularName":"","namespaced":true,"kind":"Pod","verbs":["get"]},
        {"name":"nodes","singularName":"","namespaced":false,"kind":"Node","verbs":["get"]}]}
        """#,
        "/apis": #"""
        {"kind":"APIGroupList","groups":[
        {"name":"velero.io","versions":[{"version":"v2alpha1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}},
        {"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}],"preferredVersion":{"version":"v1beta1"}}]}
        """#,
        "/apis/velero.io/v1": #"""
        {"kind":"APIResourceList","resources":[{"name":"backups","singularName":"backup","namespaced":true,"kind":"Backup","verbs":["get"]}]}
        """#,
        "/apis/velero.io/v2alpha1": #"""
        {"kind":"APIResourceList","resources":[{"name":"backups","singularName":"backup","namespaced":true,"kind":"Backup","verbs":[]},
        {"name":"datauploads","singularName":"dataupload","namespaced":true,"kind":"DataUpload","verbs":[]}]}
        """#,
    ]

    @Test("without aggregation each version of each group is asked, and one that is down harms no other")
    func classic() async throws {
        let (discovery, requestCount) = try await discover(Self.classic)
        #expect(requestCount == 6)
        #expect(discovery.staleVersions == ["metrics.k8s.io/v1beta1"])
        let pods = try #require(discovery.resource(named: "po"))
        #expect(pods.type == Pod.resourceType)
        #expect(pods.subresources == ["log"])
        #expect(pods.categories == ["all"])
        #expect(
            discovery.preferredResources.map(\.type.apiVersion) == ["v1", "v1", "velero.io/v1", "velero.io/v2alpha1"]
        )
    }

    @Test(
        "resources are found by plural, singular, short name, kind, group and version",
        arguments: [
            ("pods", "v1"), ("Pod", "v1"), ("PO", "v1"), ("backup", "velero.io/v1"),
            ("backups.velero.io", "velero.io/v1"),
            ("backups.v2alpha1.velero.io", "velero.io/v2alpha1"), ("datauploads", "velero.io/v2alpha1"),
            ("nodes", "v1"),
            ("unknown", nil), ("pods.velero.io", nil),
        ]
    )
    func names(_ name: String, _ apiVersion: String?) async throws {
        let (discovery, _) = try await discover(Self.classic)
        #expect(discovery.resource(named: name)?.type.apiVersion == apiVersion)
    }

    @Test("with aggregation two requests suffice")
    func aggregated() async throws {
        func document(_ group: String, _ version: String, _ resources: String, freshness: String = "Current") -> String
        {
            #"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[{"metadata":{"name":"\#(group)"},"#
                + #""versions":[{"version":"\#(version)","freshness":"\#(freshness)","resources":[\#(resources)]}]}]}"#
        }
        let pod = #"""
            {"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced","singularResource":"pod",
            "shortNames":["po"],"verbs":["get"],"subresources":[{"subresource":"log","verbs":["get"]}]}
            """#
        let (discovery, requestCount) = try await discover([
            "/api": document("", "v1", pod), "/apis": document("metrics.k8s.io", "v1beta1", "", freshness: "Stale"),
        ])
        #expect(requestCount == 2)
        #expect(
            discovery.resource(for: GroupVersionKind(group: "", version: "v1", kind: "Pod"))?.type == Pod.resourceType
        )
        #expect(discovery.resource(named: "po")?.subresources == ["log"])
        #expect(discovery.staleVersions == ["metrics.k8s.io/v1beta1"])
    }
}
