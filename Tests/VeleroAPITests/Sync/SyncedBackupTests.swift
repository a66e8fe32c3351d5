// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroAPI

@Suite struct SyncedBackupTests {
    private let now = KubeTime(seconds: 1_769_860_800)

    private func stored(_ change: (inout Backup) -> Void = { _ in }) -> [UInt8] {
        var backup = Backup(name: "b1", namespace: "elsewhere")
        backup["spec"] = ["storageLocation": "old", "ttl": "720h0m0s", "newerField": 1]
        backup.phase = .completed
        backup.metadata.uid = "foreign"
        backup.metadata.resourceVersion = "7"
        backup.metadata.finalizers = ["a/b"]
        backup.metadata.labels = ["team": "t"]
        change(&backup)
        return backup.object.bytes
    }

    private func read(_ bytes: [UInt8], schedules: [String: String] = [:]) -> SyncedBackup {
        SyncedBackup.read(
            bytes,
            name: "b1",
            location: "default",
            namespace: "velero",
            schedules: schedules,
            now: now
        )
    }

    @Test func `a finished backup becomes a resource of this cluster`() throws {
        guard case .make(let backup) = read(stored()) else {
            Issue.record("it is refused")
            return
        }
        #expect(backup.key == ObjectKey(namespace: "velero", name: "b1") && backup.phase == .completed)
        #expect(backup.metadata.uid == nil && backup.metadata.resourceVersion == nil)
        #expect(backup.metadata.finalizers.isEmpty && backup.storageLocation == "default")
        #expect(backup.metadata.labels == ["team": "t", "velero.io/storage-location": "default"])
        #expect(backup["spec", "newerField"]?.int == 1)
    }

    @Test func `nothing is taken over that a controller would work on`() {
        for phase in ["New", "", "Queued", "ReadyToStart", "InProgress", "Deleting", "Uploading", "x"] {
            guard case .refuse = read(stored { $0.statusPhase = BackupPhase(text: phase) }) else {
                Issue.record("phase \(phase) is taken")
                continue
            }
        }
        for bytes in [[], Array("{}".utf8), Array("[".utf8), stored { $0.metadata.name = "other" }] {
            guard case .refuse = read(bytes) else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) is taken")
                continue
            }
        }
    }

    @Test func `an unfinished one is waited for until its time is over`() {
        let running = stored { $0.phase = .finalizing }
        guard case .unfinished = read(running) else {
            Issue.record("it is not waited for")
            return
        }
        let over = stored {
            $0.phase = .waitingForPluginOperations
            $0.expiration = now.advanced(by: .seconds(-1))
        }
        guard case .make(let backup) = read(over) else {
            Issue.record("it is not taken")
            return
        }
        #expect(backup.phase == .partiallyFailed)
    }

    @Test func `owners are kept only if they are this cluster's`() throws {
        var schedule = Schedule(name: "daily", namespace: "velero")
        schedule.metadata.uid = "u1"
        let bytes = stored { $0.metadata.ownerReferences = [OwnerReference(schedule.object, isController: true)] }
        guard case .make(let kept) = read(bytes, schedules: ["daily": "u1"]),
            case .make(let dropped) = read(bytes, schedules: ["daily": "u2"])
        else {
            Issue.record("it is refused")
            return
        }
        #expect(kept.metadata.controller?.uid == "u1" && dropped.metadata.ownerReferences.isEmpty)
    }

    @Test func `of volumes only those that are over and belong to the backup`() throws {
        var backup = Backup(name: "b1", namespace: "velero")
        backup.metadata.uid = "new"
        func volume(_ name: String, _ phase: PodVolumePhase, of backup: String = "b1") -> JSONValue {
            var volume = PodVolumeBackup(name: name, namespace: "elsewhere")
            volume.phase = phase
            volume.metadata.labels = [VeleroLabel.backupName: backup, VeleroLabel.backupUID: "foreign"]
            volume["spec", "backupStorageLocation"] = "old"
            return volume.object.json
        }
        let list: JSONValue = .array([
            volume("v1", .completed), volume("v2", .new), volume("v3", .completed, of: "other"),
            volume("../v4", .completed), "text", .null,
        ])
        let (volumes, leftOut) = try SyncedVolumes.read(JSONText.bytes(of: list), backup: backup, location: "default")
        #expect(volumes.map(\.name) == ["v1"] && leftOut == 5)
        #expect(volumes[0].metadata.controller?.uid == "new" && volumes[0].backupStorageLocation == "default")
        #expect(volumes[0].metadata[label: VeleroLabel.backupUID] == "new" && volumes[0].namespace == "velero")
        #expect(try SyncedVolumes.read(Array("null".utf8), backup: backup, location: "d").volumes.isEmpty)
    }

    @Test func `a backup is deleted when its time is over and its location allows it`() {
        func decide(_ location: BackupStorageLocation?, _ change: (inout Backup) -> Void = { _ in }) -> BackupExpiry {
            var backup = Backup(name: "b1", namespace: "velero")
            backup.phase = .completed
            backup.expiration = now.advanced(by: .seconds(-1))
            change(&backup)
            return BackupExpiry.decide(backup, location: location, now: now)
        }
        var location = BackupStorageLocation(name: "default", namespace: "velero")
        #expect(decide(location) == .delete)
        #expect(decide(location) { $0.expiration = now.advanced(by: .seconds(5)) } == .keep(.seconds(5)))
        #expect(decide(location) { $0.expiration = nil } == .keep(nil))
        #expect(decide(nil) == .blocked("BSLNotFound"))
        location.phase = .unavailable
        #expect(decide(location) == .blocked("BSLUnavailable"))
        location.accessMode = .readOnly
        #expect(decide(location) == .blocked("BSLReadOnly"))
    }

    @Test func `every kind of download has its file`() {
        #expect(DownloadTarget(.backupLog, name: "b")?.key == "backups/b/b-logs.gz")
        #expect(DownloadTarget(.restoreLog, name: "r")?.key == "restores/r/restore-r-logs.gz")
        #expect(DownloadTarget(.restoreVolumeInfo, name: "r")?.key == "restores/r/r-volumeinfo.json.gz")
        for (kind, _) in DownloadTargetKind.texts { #expect(DownloadTarget(kind, name: "x") != nil) }
        #expect(DownloadTarget(.backupLog, name: "../x") == nil)
        #expect(DownloadTarget(.unknown("Other"), name: "x") == nil)
    }
}
