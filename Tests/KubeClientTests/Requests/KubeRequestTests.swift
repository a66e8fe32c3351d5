// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import Testing

@Suite("Requests")
struct KubeRequestTests {
    private let lease = ObjectKey(namespace: "n", name: "x")

    @Test("paths name group, namespace, object and subresource")
    func paths() throws {
        #expect(try KubeRequest.get(Pod.resourceType, lease).target == "/api/v1/namespaces/n/pods/x")
        #expect(
            try KubeRequest.get(Lease.resourceType, lease, subresource: "status").target
                == "/apis/coordination.k8s.io/v1/namespaces/n/leases/x/status"
        )
        #expect(
            try KubeRequest.get(Node.resourceType, ObjectKey(namespace: nil, name: "a.b:c")).target
                == "/api/v1/nodes/a.b%3Ac"
        )
        #expect(try KubeRequest.list(Pod.resourceType, namespace: nil).target == "/api/v1/pods?limit=500")
    }

    @Test("names that would lead elsewhere are refused", arguments: ["", ".", "..", "a/b", "../x", "%2e%2e"])
    func traversal(_ name: String) {
        #expect(throws: KubeError.self) { try KubeRequest.get(Pod.resourceType, ObjectKey(namespace: "n", name: name)) }
        if !name.isEmpty {
            #expect(throws: KubeError.self) {
                try KubeRequest.get(Pod.resourceType, ObjectKey(namespace: name, name: "x"))
            }
        }
    }

    @Test("an object of a namespaced kind needs its namespace")
    func missingNamespace() {
        #expect(throws: KubeError.self) { try KubeRequest.get(Pod.resourceType, ObjectKey(namespace: nil, name: "x")) }
        #expect(throws: KubeError.self) { try KubeRequest.create(Pod.resourceType, Pod(name: "x").object) }
    }

    @Test("lists carry selectors, and pages their token instead of a version")
    func lists() throws {
        var options = ListOptions(
            labels: try LabelSelector(parsing: "a in (b,c)"),
            fields: FieldSelector("spec.nodeName", is: "n1")
        )
        options.resourceVersion = "0"
        options.pageSize = 2
        #expect(
            try KubeRequest.list(Pod.resourceType, namespace: "n", options: options).target
                == "/api/v1/namespaces/n/pods?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=spec.nodeName%3Dn1&limit=2&resourceVersion=0"
        )
        let next = try KubeRequest.list(Pod.resourceType, namespace: "n", options: options, continueToken: "t=")
        #expect(next.target.hasSuffix("&limit=2&continue=t%3D"))
    }

    @Test("a watch asks for bookmarks and outlasts the server's own limit")
    func watch() throws {
        let request = try KubeRequest.watch(
            Pod.resourceType,
            namespace: nil,
            resourceVersion: "9",
            serverTimeout: .seconds(300)
        )
        #expect(
            request.target == "/api/v1/pods?watch=true&resourceVersion=9&allowWatchBookmarks=true&timeoutSeconds=300"
        )
        #expect(try #require(request.timeout) > .seconds(300))
    }

    @Test("patches carry their type; apply needs a manager and may take fields over")
    func patches() throws {
        let merge = try KubeRequest.patch(Pod.resourceType, lease, .merge(["a": 1]), subresource: "status")
        #expect(merge.contentType == "application/merge-patch+json")
        #expect(merge.target == "/api/v1/namespaces/n/pods/x/status?fieldManager=velero")
        #expect(String(decoding: merge.body, as: UTF8.self) == #"{"a":1}"#)
        var options = WriteOptions(fieldManager: "me")
        options.takesOverFields = true
        let apply = try KubeRequest.patch(Pod.resourceType, lease, .apply(Pod(name: "x").object), options: options)
        #expect(apply.contentType == "application/apply-patch+yaml")
        #expect(apply.target.hasSuffix("?fieldManager=me&force=true"))
        #expect(throws: KubeError.self) {
            try KubeRequest.patch(
                Pod.resourceType,
                lease,
                .apply(KubeObject()),
                options: WriteOptions(fieldManager: nil)
            )
        }
    }

    @Test("deletions carry propagation and preconditions")
    func deletions() throws {
        let request = try KubeRequest.delete(
            Pod.resourceType,
            lease,
            options: DeleteOptions(propagation: .foreground, uid: "u")
        )
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"u"}}"#
        )
    }
}
