// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Kubernetes objects")
struct KubeObjectTests {
    static let text =
        #"{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"b","namespace":"velero","uid":"u","#
        + #""labels":{"a":"1"},"managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}],"futureField":{"x":1.50}},"#
        + #""spec":{"ttl":"1h","unknown":[1,{"big":12345678901234567890}]},"status":{}}"#

    @Test("changing one label leaves every other byte of the object as it was")
    func unknownFieldsSurvive() throws {
        var object = try KubeObject(parsing: Array(Self.text.utf8))
        object.metadata[label: "b"] = "2"
        let expected = Self.text.replacing(#""labels":{"a":"1"}"#, with: #""labels":{"a":"1","b":"2"}"#)
        #expect(String(decoding: object.bytes, as: UTF8.self) == expected)
        object.metadata[label: "b"] = nil
        #expect(String(decoding: object.bytes, as: UTF8.self) == Self.text)
    }

    @Test("metadata is read by name")
    func metadata() throws {
        let object = try KubeObject(parsing: Array(Self.text.utf8))
        #expect(object.gvk == GroupVersionKind(group: "velero.io", version: "v1", kind: "Backup"))
        #expect(object.key == ObjectKey(namespace: "velero", name: "b"))
        #expect(object.metadata.uid == "u")
        #expect(object.metadata.labels == ["a": "1"])
        #expect(object["spec", "ttl"]?.string == "1h")
        #expect(!object.metadata.isBeingDeleted)
        #expect(object.metadata.creationTimestamp == nil)
    }

    @Test("fields of the wrong type read as missing")
    func wrongTypes() throws {
        let object = try KubeObject(
            parsing: Array(#"{"kind":1,"metadata":{"name":[],"labels":"x","ownerReferences":{}}}"#.utf8)
        )
        #expect(object.kind.isEmpty)
        #expect(object.apiVersion.isEmpty)
        #expect(object.metadata.name == nil)
        #expect(object.metadata.labels.isEmpty)
        #expect(object.metadata.ownerReferences.isEmpty)
    }

    @Test("an owner reference names its owner")
    func ownerReferences() throws {
        let owner = try KubeObject(parsing: Array(Self.text.utf8))
        var child = KubeObject(
            ResourceType(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true),
            name: "c",
            namespace: "velero"
        )
        child.metadata.ownerReferences = [OwnerReference(owner, isController: true)]
        #expect(child.metadata.controller?.uid == "u")
        let expected: JSONValue = [
            ["apiVersion": "velero.io/v1", "kind": "Backup", "name": "b", "uid": "u", "controller": true]
        ]
        #expect(child["metadata", "ownerReferences"] == expected)
    }

    @Test("text that is no object is refused", arguments: ["[]", "1", "null", ""])
    func noObject(_ text: String) {
        #expect(throws: JSONError.self) { try KubeObject(parsing: Array(text.utf8)) }
    }
}
