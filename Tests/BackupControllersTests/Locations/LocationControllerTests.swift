// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// Locations against a real API server and a real S3 server.
@Suite(.controlPlane, .s3Server(.rclone), .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct LocationControllerTests {
    @Test func `a location is available when its bucket can be listed, and says why not otherwise`() async throws {
        try await ServerRig.with("locations", usesBuckets: true) { rig in
            try await rig.makeBucket("good") { $0.validationFrequency = GoDuration(.seconds(1)) }
            let good = try await rig.wait(BackupStorageLocation.self, rig.key("good")) { $0.phase == .available }
            #expect(good.message == nil && good.lastValidationTime != nil)
            // Somebody else's files.
            try await rig.putObject("photos/1.jpg", [1], in: "good")
            let foreign = try await rig.wait(BackupStorageLocation.self, rig.key("good")) { $0.phase == .unavailable }
            #expect(
                foreign.message
                    == "BackupStorageLocation \"good\" is unavailable: Backup store contains invalid top-level directories: [photos]"
            )
            let events = try await rig.client.list(Event.self, namespace: rig.namespace)
            #expect(events.contains { $0.reason == "LocationAvailable" })

            try await rig.makeBucket("missing", makesBucket: false)
            let missing = try await rig.wait(BackupStorageLocation.self, rig.key("missing")) {
                $0.phase == .unavailable
            }
            #expect(missing.message?.contains("\(rig.namespace)-missing") == true, "\(missing.message ?? "")")
            // A correction is looked at at once.
            try await rig.changeLocation(
                named: "missing",
                ["objectStorage": ["bucket": "locations-good", "prefix": "other"]]
            )
            _ = try await rig.wait(BackupStorageLocation.self, rig.key("missing")) { $0.phase == .available }
            try await rig.changeLocation(named: "missing", ["credential": ["key": "nothing"]])
            let keyless = try await rig.wait(BackupStorageLocation.self, rig.key("missing")) {
                $0.phase == .unavailable
            }
            #expect(keyless.message?.contains("has no key \"nothing\"") == true)
        }
    }

    @Test func `only the newest of several defaults stays one`() async throws {
        try await ServerRig.with("defaults", usesBuckets: true) { rig in
            try await rig.makeBucket("a") { $0.isDefault = true }
            _ = try await rig.wait(BackupStorageLocation.self, rig.key("a")) { $0.phase == .available }
            try await rig.makeBucket("b")
            // Newer by the second, as the API server counts; each turn costs requests.
            let made = try await rig.client.get(BackupStorageLocation.self, rig.key("a"))?.metadata.creationTimestamp
            var later = try await rig.client.get(BackupStorageLocation.self, rig.key("b"))
            while let other = later, other.metadata.creationTimestamp == made {
                try await rig.client.delete(BackupStorageLocation.resourceType, other.key)
                var again = BackupStorageLocation(name: "b", namespace: rig.namespace)
                again["spec"] = other["spec"]
                later = try await rig.client.create(again)
            }
            _ = try await rig.client.patch(
                BackupStorageLocation.self,
                rig.key("b"),
                .merge(["spec": ["default": true]])
            )
            let first = try await rig.wait(BackupStorageLocation.self, rig.key("a")) { $0.isDefault == false }
            #expect(first.phase == .available)
            let second = try await rig.client.get(BackupStorageLocation.self, rig.key("b"))
            #expect(second?.isDefault == true)
        }
    }
}
