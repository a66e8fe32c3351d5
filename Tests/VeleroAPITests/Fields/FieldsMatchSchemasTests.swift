// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroAPI

/// A kind's view and its fields, whatever the kind.
struct View: Sendable, CustomTestStringConvertible {
    let type: ResourceType
    let fields: [any FieldDescription]
    let roundTrip: @Sendable (KubeObject) -> KubeObject

    var testDescription: String { type.kind }

    init<Resource: VeleroResource>(_ kind: Resource.Type) {
        type = kind.resourceType
        fields = Mirror(reflecting: kind.fields).children.compactMap { $0.value as? any FieldDescription }
        roundTrip = { object in
            var resource = Resource(object: object)
            resource.metadata[annotation: "example.org/seen"] = "yes"
            return resource.object
        }
    }

    static let all: [View] = [
        View(Backup.self), View(Restore.self), View(Schedule.self), View(BackupStorageLocation.self),
        View(VolumeSnapshotLocation.self), View(DeleteBackupRequest.self), View(DownloadRequest.self),
        View(ServerStatusRequest.self), View(PodVolumeBackup.self), View(PodVolumeRestore.self),
        View(BackupRepository.self), View(ResticRepository.self), View(DataUpload.self), View(DataDownload.self),
    ]
}

@Suite struct FieldsMatchSchemasTests {
    @Test func `every kind has a view and every view a schema`() {
        #expect(Set(View.all.map(\.type)) == Set(CustomResource.all.map(\.type)))
    }

    @Test(arguments: View.all)
    func `every field a view reads is in the schema, with the same type`(view: View) throws {
        let resource = try #require(CustomResource.of(view.type))
        #expect(!view.fields.isEmpty)
        for field in view.fields {
            let schema = try #require(resource.schema.schema(at: field.path), "no \(field.path) in \(view.type.kind)")
            #expect(schema.openAPI["type"]?.string == field.schemaType, "\(view.type.kind) \(field.path)")
        }
    }

    @Test(arguments: View.all)
    func `reading and changing an object through its view loses nothing`(view: View) throws {
        let resource = try #require(CustomResource.of(view.type))
        var object = resource.example(name: "one")
        // Of a version to come.
        object["spec", "tomorrow"] = ["exact": .number(try #require(JSONNumber(text: "1.50")))]
        object["status", "alsoTomorrow"] = [.null, "text", .int(UInt64.max)]
        var expected = object
        expected["metadata", "annotations"] = ["example.org/seen": "yes"]
        #expect(view.roundTrip(object).json == expected.json)
    }

    @Test func `fields are read and written by name`() {
        var backup = Backup(name: "b", namespace: "velero")
        #expect(backup.storageLocation == nil)
        #expect(backup.phase == .new)
        backup.storageLocation = "default"
        backup.includedNamespaces = ["a", "b"]
        backup.ttl = GoDuration(.seconds(3600))
        backup.phase = .inProgress
        #expect(
            backup.object["spec"] == ["storageLocation": "default", "includedNamespaces": ["a", "b"], "ttl": "1h0m0s"]
        )
        #expect(backup.object["status"] == ["phase": "InProgress"])
        backup.storageLocation = nil
        #expect(backup.object["spec", "storageLocation"] == nil)
    }

    @Test func `phases of other versions are kept`() {
        var backup = PodVolumeBackup(name: "b")
        backup.object["status", "phase"] = "Pondering"
        #expect(backup.phase == .unknown("Pondering"))
        #expect(backup.phase.text == "Pondering")
        #expect(!backup.phase.isFinal)
        backup.object["status", "phase"] = ""
        #expect(backup.phase == .new)
        backup.object["status", "phase"] = 7
        #expect(backup.phase == .new)
    }
}
