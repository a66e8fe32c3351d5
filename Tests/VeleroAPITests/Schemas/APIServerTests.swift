// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import KubeModel
import TestSupport
import Testing

@testable import VeleroAPI

/// What a real API server makes of the definitions and of objects.
@Suite(.controlPlane, .tags(.integration, .slow), .timeLimit(.minutes(5)), .serialized)
struct APIServerTests {
    /// Applies every definition and waits until the kinds are served.
    private func plane() async throws -> ControlPlane {
        let plane = try ControlPlane.required()
        try await plane.installKinds()
        return plane
    }

    @Test func `every definition is accepted as it is`() async throws {
        let plane = try await plane()
        let answer = try await plane.kubectl(["get", "crd", "-l", "component=velero", "-o", "json"])
        let items = try #require(try JSONText.parse(answer)["items"]?.array)
        #expect(items.count == CustomResource.all.count)
        for item in items {
            let kind = item[["spec", "names", "kind"]]?.string ?? ""
            let conditions = item[["status", "conditions"]]?.array ?? []
            func status(_ type: String) -> String? {
                conditions.first { $0["type"]?.string == type }?["status"]?.string
            }
            #expect(status("Established") == "True", "\(kind)")
            #expect(status("NonStructuralSchema") == nil, "\(kind): \(JSONText.string(of: .array(conditions)))")
            let resource = try #require(CustomResource.all.first { $0.type.kind == kind })
            #expect(
                item[["spec", "versions"]]?.array?.first?["schema"]
                    == resource.definition["spec", "versions"]?.array?.first?["schema"],
                "\(kind): the server stored another schema"
            )
        }
    }

    @Test func `a full object of every kind comes back as it was, also after a change through its view`() async throws {
        let plane = try await plane()
        for resource in CustomResource.all {
            let view = try #require(View.all.first { $0.type == resource.type })
            let object = resource.example(name: "full")
            let created = try await plane.kubectl(
                ["create", "-o", "json", "-f", "-"],
                input: String(decoding: object.bytes, as: UTF8.self)
            )
            let stored = try KubeObject(parsing: Array(created.utf8))
            #expect(stored["spec"] == object["spec"], "\(resource.type.kind)")
            #expect(stored["status"] == object["status"], "\(resource.type.kind)")
            let replaced = try await plane.kubectl(
                ["replace", "-o", "json", "-f", "-"],
                input: String(decoding: view.roundTrip(stored).bytes, as: UTF8.self)
            )
            let after = try KubeObject(parsing: Array(replaced.utf8))
            #expect(after["spec"] == object["spec"] && after["status"] == object["status"], "\(resource.type.kind)")
            #expect(after.metadata[annotation: "example.org/seen"] == "yes")
        }
    }

    @Test func `objects as Velero's own Go programs write them are accepted`() async throws {
        let plane = try await plane()
        for text in Self.written { try await plane.kubectl(["create", "-f", "-"], input: text) }
    }

    /// With the empty structs and nulls their encoder leaves, and without what versions before 1.10 did not know.
    private static let written = [
        """
        {"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"go","namespace":"default"},
         "spec":{"metadata":{},"includedNamespaces":["*"],"excludedNamespaces":null,"labelSelector":null,
          "orLabelSelectors":null,"snapshotVolumes":null,"ttl":"720h0m0s","hooks":{},"storageLocation":"default",
          "csiSnapshotTimeout":"0s","defaultVolumesToRestic":false,"resourcePolicy":{"kind":"configmap","name":"p"}},
         "status":{"version":1,"progress":null,"expiration":null,"phase":"UploadingPartialFailure"}}
        """,
        """
        {"apiVersion":"velero.io/v1","kind":"PodVolumeBackup","metadata":{"name":"go","namespace":"default"},
         "spec":{"node":"n","pod":{"kind":"Pod","namespace":"a","name":"p","uid":"u"},"volume":"v",
          "backupStorageLocation":"default","repoIdentifier":"","tags":{"ns":"a"}},
         "status":{"progress":{},"startTimestamp":null,"completionTimestamp":null}}
        """,
        """
        {"apiVersion":"velero.io/v1","kind":"PodVolumeRestore","metadata":{"name":"old","namespace":"default"},
         "spec":{"pod":{"kind":"Pod","namespace":"a","name":"p","uid":"u"},"volume":"v",
          "backupStorageLocation":"default","repoIdentifier":"s3:x","snapshotID":"0123abcd"},"status":{}}
        """,
        """
        {"apiVersion":"velero.io/v1","kind":"BackupRepository","metadata":{"name":"go","namespace":"default"},
         "spec":{"volumeNamespace":"a","backupStorageLocation":"default","resticIdentifier":"",
          "maintenanceFrequency":"0s","repositoryType":""},"status":{}}
        """,
        """
        {"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"go","namespace":"default"},
         "spec":{"provider":"aws","objectStorage":{"bucket":"b"},"backupSyncPeriod":null,"config":{"region":"minio"}},
         "status":{"lastSyncedTime":null}}
        """,
    ]

    @Test(arguments: [
        ("PodVolumeBackup", #"{"spec":{"node":"n"}}"#),
        ("Backup", #"{"status":{"phase":"Pondering"}}"#),
        ("BackupStorageLocation", #"{"spec":{"provider":"aws","objectStorage":{}}}"#),
        ("DownloadRequest", #"{"spec":{"target":{"kind":"Everything","name":"x"}}}"#),
    ])
    func `objects the schema forbids are refused`(kind: String, body: String) async throws {
        let plane = try await plane()
        var object = try KubeObject(parsing: Array(body.utf8))
        object.apiVersion = "velero.io/v1"
        object.kind = kind
        object.metadata.name = "bad"
        object.metadata.namespace = "default"
        let text = String(decoding: object.bytes, as: UTF8.self)
        await #expect(throws: ExternalProgram.Failure.self) {
            try await plane.kubectl(["create", "--validate=false", "-f", "-"], input: text)
        }
    }

    @Test func `short names and columns work`() async throws {
        let plane = try await plane()
        let location = """
            {"apiVersion":"velero.io/v1","kind":"BackupStorageLocation",
             "metadata":{"name":"columns","namespace":"default"},
             "spec":{"provider":"aws","objectStorage":{"bucket":"b"},"default":true},"status":{"phase":"Available"}}
            """
        try await plane.kubectl(["create", "-f", "-"], input: location)
        let table = try await plane.kubectl(["get", "bsl", "columns"])
        let header = table.split(separator: "\n").first.map(String.init) ?? ""
        for column in ["PHASE", "LAST VALIDATED", "AGE", "DEFAULT"] { #expect(header.contains(column)) }
        #expect(table.contains("Available") && table.contains("true"))
    }
}
