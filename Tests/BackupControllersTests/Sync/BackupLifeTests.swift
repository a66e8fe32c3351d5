// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// Backups in a bucket, from being found there to being deleted, against a real API server and a real S3 server.
@Suite(.controlPlane, .s3Server(.rclone), .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct BackupLifeTests {
    private func store(_ rig: ServerRig, _ name: String, _ change: (inout Backup) -> Void = { _ in }) async throws {
        var backup = Backup(name: name, namespace: "elsewhere")
        backup["spec"] = ["storageLocation": "other"]
        backup.phase = .completed
        backup.expiration = KubeTime(parsing: "2099-01-01T00:00:00Z")
        change(&backup)
        try await rig.putObject("backups/\(name)/\(name).tar.gz", [1, 2, 3], in: "default")
        try await rig.putObject("backups/\(name)/velero-backup.json", backup.object.bytes, in: "default")
    }

    private func gzip(_ json: JSONValue) throws -> [UInt8] {
        Array(try requireProgram("gzip").run(["-c"], input: JSONText.bytes(of: json)))
    }

    @Test func `backups of a bucket become resources, each broken one stops itself only`() async throws {
        try await ServerRig.with("synced", settings: { $0.syncInterval = .seconds(1) }, usesBuckets: true) { rig in
            try await rig.makeBucket("default")
            var volume = PodVolumeBackup(name: "b1-v1", namespace: "elsewhere")
            volume.node = "n"
            volume["spec", "pod"] = ["kind": "Pod", "namespace": "shop", "name": "db-0"]
            volume.volume = "data"
            volume.backupStorageLocation = "other"
            volume.repoIdentifier = ""
            volume.phase = .completed
            volume.snapshotID = "0123abcd"
            volume.metadata.labels = [VeleroLabel.backupName: "b1"]
            let list = try gzip(.array([volume.object.json]))
            try await rig.putObject("backups/b1/b1-podvolumebackups.json.gz", list, in: "default")
            try await store(rig, "b1")
            try await rig.putObject("backups/broken/velero-backup.json", Array("{".utf8), in: "default")
            try await rig.putObject("backups/empty/other.txt", [1], in: "default")
            try await store(rig, "again") { $0.phase = .new }
            try await store(rig, "z9")
            let last = try await rig.wait(Backup.self, rig.key("z9")) { _ in true }
            #expect(last.phase == .completed && last.storageLocation == "default")
            let first = try await rig.wait(Backup.self, rig.key("b1")) { _ in true }
            let made = try await rig.wait(PodVolumeBackup.self, rig.key("b1-v1")) { _ in true }
            #expect(made.metadata.controller?.uid == first.metadata.uid && made.snapshotID == "0123abcd")
            let synced = try await rig.wait(BackupStorageLocation.self, rig.key("default")) { $0.lastSyncedTime != nil }
            #expect(synced.phase == .available)
            let names = try await rig.client.list(Backup.self, namespace: rig.namespace).map(\.name).sorted()
            #expect(names == ["b1", "z9"])
            // Gone from the bucket: gone from the cluster.
            try await rig.deleteObjects("backups/z9/", in: "default")
            try await rig.waitUntilGone(Backup.self, rig.key("z9"))
            #expect(try await rig.client.get(Backup.self, rig.key("b1")) != nil)
        }
    }

    @Test func `a backup whose time is over is deleted with all its files, and its restores`() async throws {
        try await ServerRig.with("expired", settings: { $0.syncInterval = .seconds(1) }, usesBuckets: true) { rig in
            try await rig.makeBucket("default")
            try await rig.putObject("restores/r1/restore-r1-logs.gz", [1], in: "default")
            var restore = Restore(name: "r1", namespace: rig.namespace)
            restore["spec"] = [:]
            restore.backupName = "old"
            restore.metadata.finalizers = [VeleroFinalizer.restoreObjects]
            _ = try await rig.client.create(restore)
            try await store(rig, "older")
            try await store(rig, "old") { $0.expiration = KubeTime(parsing: "2020-01-01T00:00:00Z") }
            _ = try await rig.wait(Backup.self, rig.key("older")) { _ in true }
            try await rig.waitUntilGone(Restore.self, restore.key)
            try await rig.waitUntilGone(Backup.self, rig.key("old"))
            #expect(try await rig.objectNames("restores/", in: "default").isEmpty)
            #expect(
                try await rig.objectNames("backups/", in: "default") == [
                    "backups/older/older.tar.gz", "backups/older/velero-backup.json",
                ]
            )
        }
    }

    @Test func `a deleted backup's snapshots are forgotten, the others stay`() async throws {
        try await ServerRig.with("deleted", settings: { $0.syncInterval = .seconds(1) }, usesBuckets: true) { rig in
            try await rig.makeBucket("default") { $0.config?["resticRepoPrefix"] = rig.directory + "/default" }
            _ = try await rig.waitForPhase(try await rig.makeRepository(), .ready)
            let gone = try rig.backup("gone")
            let kept = try rig.backup("kept")
            try await store(rig, "daily")
            let backup = try await rig.wait(Backup.self, rig.key("daily")) { _ in true }
            for (number, id) in [gone, "0123456789abcdef"].enumerated() {
                var volume = PodVolumeBackup(name: "volume-\(number)", namespace: rig.namespace)
                volume.metadata.labels = [
                    VeleroLabel.backupName: "daily", VeleroLabel.backupUID: backup.metadata.uid ?? "",
                ]
                volume.node = "n"
                volume["spec", "pod"] = ["kind": "Pod", "namespace": "shop", "name": "db-0"]
                volume.volume = "data"
                volume.backupStorageLocation = "default"
                volume.repoIdentifier = ""
                volume.uploaderType = .restic
                volume.phase = .completed
                volume.snapshotID = String(id.prefix(8))
                _ = try await rig.client.create(volume)
            }
            var request = DeleteBackupRequest(name: "delete", namespace: rig.namespace)
            request.backupName = "daily"
            _ = try await rig.client.create(request)
            try await rig.waitUntilGone(DeleteBackupRequest.self, request.key)
            #expect(try await rig.client.get(Backup.self, backup.key) == nil)
            #expect(try await rig.objectNames("", in: "default").isEmpty)
            let listed = try rig.restic(["snapshots"])
            #expect(!listed.contains(gone.prefix(8)) && listed.contains(kept.prefix(8)))
        }
    }

    @Test func `a location for reading only keeps its backups`() async throws {
        try await ServerRig.with("kept", settings: { $0.syncInterval = .seconds(1) }, usesBuckets: true) { rig in
            try await rig.makeBucket("default") { $0.accessMode = .readOnly }
            try await store(rig, "old") { $0.expiration = KubeTime(parsing: "2020-01-01T00:00:00Z") }
            let kept = try await rig.wait(Backup.self, rig.key("old")) {
                $0.metadata[label: VeleroLabel.collectionFailure] != nil
            }
            #expect(kept.metadata[label: VeleroLabel.collectionFailure] == "BSLReadOnly")
            var request = DeleteBackupRequest(name: "delete", namespace: rig.namespace)
            request.backupName = "old"
            _ = try await rig.client.create(request)
            let refused = try await rig.wait(DeleteBackupRequest.self, request.key) { $0.phase == .processed }
            #expect(refused.errors?.first?.hasSuffix("is currently in read-only mode") == true)
            #expect(try await rig.objectNames("backups/old/", in: "default").count == 2)
        }
    }

    @Test func `a file is fetched by the URL of a request, and the server tells its version`() async throws {
        try await ServerRig.with(
            "requests",
            settings: {
                $0.version = "v9.9"; $0.syncInterval = .seconds(1)
            },
            usesBuckets: true
        ) { rig in
            try await rig.makeBucket("default")
            try await store(rig, "b1")
            _ = try await rig.wait(Backup.self, rig.key("b1")) { _ in true }
            var request = DownloadRequest(name: "b1-1", namespace: rig.namespace)
            request["spec"] = ["target": ["kind": "BackupContents", "name": "b1"]]
            _ = try await rig.client.create(request)
            let answered = try await rig.wait(DownloadRequest.self, request.key) { $0.phase == .processed }
            let url = try #require(answered.downloadURL)
            #expect(answered.expiration != nil)
            let fetched = try requireProgram("curl").run(["-s", "--noproxy", "*", url])
            #expect(Array(fetched) == [1, 2, 3])
            var unknown = DownloadRequest(name: "none", namespace: rig.namespace)
            unknown["spec"] = ["target": ["kind": "BackupLog", "name": "nobody"]]
            _ = try await rig.client.create(unknown)
            let ignored = try await rig.wait(DownloadRequest.self, unknown.key) { $0.expiration != nil }
            #expect(ignored.phase == .new && ignored.downloadURL == nil)
            var status = ServerStatusRequest(name: "status", namespace: rig.namespace)
            status["spec"] = [:]
            _ = try await rig.client.create(status)
            let told = try await rig.wait(ServerStatusRequest.self, status.key) { $0.phase == .processed }
            #expect(told.serverVersion == "v9.9" && told.processedTimestamp != nil)
        }
    }
}

extension ServerRig {
    /// Waits until an object is gone.
    func waitUntilGone<Resource: KubeResource>(_: Resource.Type, _ key: ObjectKey) async throws {
        // Each turn costs a request, so this is no busy loop; the suite's limit ends it.
        while try await client.get(Resource.self, key) != nil { try Task.checkCancellation() }
    }
}
