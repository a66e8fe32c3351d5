// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import LocationAccess
import RepositoryEngine
import ResticFormat
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// The controllers against a real API server, and real restic against what they make.
@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(8)))
struct ControllerServerTests {
    @Test func `a repository is made, told ready, and opened by restic with the default password`() async throws {
        try await ServerRig.with("made") { rig in
            try await rig.makeLocation()
            let ready = try await rig.waitForPhase(try await rig.makeRepository(), .ready)
            #expect(ready.resticIdentifier == "local:\(rig.directory)/default/shop")
            #expect(ready.maintenanceFrequency == GoDuration(parsing: "168h0m0s"))
            #expect(ready.lastMaintenanceTime != nil && ready.message == nil)
            #expect(try rig.restic(["cat", "config"]).contains("\"version\": 2"))
            let secret = try #require(try await rig.client.get(Secret.self, rig.key("velero-repo-credentials")))
            #expect(secret[data: "repository-password"] == Array("static-passw0rd".utf8))
            let events = try await rig.client.list(Event.self, namespace: rig.namespace)
            #expect(events.contains { $0.reason == "DefaultRepositoryPassword" && $0.severity == .warning })
        }
    }

    @Test func `a Secret that is there is left as it is`() async throws {
        let prepare: (ServerRig) async throws -> Void = { rig in
            var secret = Secret(name: "velero-restic-credentials", namespace: rig.namespace)
            secret[data: "repository-password"] = Array("old one".utf8)
            _ = try await rig.client.create(secret)
        }
        try await ServerRig.with("given", prepare: prepare) { rig in
            try await rig.makeLocation()
            _ = try await rig.waitForPhase(try await rig.makeRepository(), .ready)
            #expect(try rig.restic(["cat", "config"], password: "old one").contains("version"))
            #expect(try await rig.client.get(Secret.self, rig.key("velero-repo-credentials")) == nil)
        }
    }

    @Test(arguments: ["static-passw0rd", "one of its own"])
    func `the well-known password that another Velero left is warned of, another is not`(password: String) async throws
    {
        let isKnown = password == ServerRig.password
        let prepare: (ServerRig) async throws -> Void = { rig in
            try await rig.cluster.makeSecret("velero-repo-credentials", "repository-password", Array(password.utf8))
        }
        try await ServerRig.with(isKnown ? "known-password" : "own-password", prepare: prepare) { rig in
            // Missing: its event comes after that of the password, which is written first.
            let key = try await rig.makeRepository()
            _ = try await rig.waitForPhase(key, .notReady)
            let events = try await rig.events(until: { $0.contains { $0.reason == "RepositoryNotReady" } })
            #expect(events.contains { $0.reason == "DefaultRepositoryPassword" } == isKnown)
        }
    }

    @Test func `what is wrong is told, and a corrected location is looked at at once`() async throws {
        try await ServerRig.with("wrong") { rig in
            let key = try await rig.makeRepository()
            let missing = try await rig.waitForPhase(key, .notReady)
            #expect(missing.message?.contains("backup storage location wrong/default does not exist") == true)
            try await rig.makeLocation {
                $0.provider = "gcp"; $0.config = [:]
            }
            let unsupported = try await rig.wait(BackupRepository.self, key) { $0.message != missing.message }
            #expect(unsupported.message?.contains("Google Cloud Storage") == true)
            // Somebody else's files, and a repository with another password.
            try FileManager.default.createDirectory(
                atPath: rig.directory + "/foreign/shop",
                withIntermediateDirectories: true
            )
            try Data("x".utf8).write(to: URL(fileURLWithPath: rig.directory + "/foreign/shop/notes.txt"))
            try await rig.changeLocation([
                "provider": "aws", "config": ["resticRepoPrefix": .string(rig.directory + "/foreign")],
            ])
            let foreign = try await rig.wait(BackupRepository.self, key) { $0.message != unsupported.message }
            #expect(foreign.phase == .notReady && foreign.message?.contains("notes.txt") == true)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: rig.directory + "/foreign/shop") == ["notes.txt"]
            )
            try FileManager.default.createDirectory(
                atPath: rig.directory + "/locked",
                withIntermediateDirectories: true
            )
            try rig.restic(["init"], repository: "locked/shop", password: "unknown")
            try await rig.changeLocation(["config": ["resticRepoPrefix": .string(rig.directory + "/locked")]])
            let locked = try await rig.wait(BackupRepository.self, key) { $0.message != foreign.message }
            #expect(locked.phase == .notReady && locked.message?.hasPrefix("Wrong password: ") == true)
            #expect(locked.message?.contains("Secret wrong/velero-repo-credentials") == true)
            try await rig.changeLocation(["config": ["resticRepoPrefix": .string(rig.directory + "/right")]])
            let ready = try await rig.waitForPhase(key, .ready)
            #expect(ready.message == nil && ready.resticIdentifier == "local:\(rig.directory)/right/shop")
            #expect(try rig.restic(["cat", "config"], repository: "right/shop").contains("version"))
        }
    }

    @Test func `nothing is made in a ReadOnly location, and what is there can be used`() async throws {
        try await ServerRig.with("readonly") { rig in
            try await rig.makeLocation { $0.accessMode = .readOnly }
            let key = try await rig.makeRepository()
            let empty = try await rig.waitForPhase(key, .notReady)
            #expect(empty.message?.contains("is ReadOnly") == true)
            #expect(!FileManager.default.fileExists(atPath: rig.directory + "/default/shop/config"))
            try FileManager.default.createDirectory(
                atPath: rig.directory + "/synced",
                withIntermediateDirectories: true
            )
            try rig.restic(["init"], repository: "synced/shop")
            try await rig.changeLocation(["config": ["resticRepoPrefix": .string(rig.directory + "/synced")]])
            _ = try await rig.waitForPhase(key, .ready)
        }
    }

    @Test func `a prune runs when it is due, and only what no snapshot needs is gone`() async throws {
        try await ServerRig.with("pruned") { rig in
            try await rig.makeLocation()
            let key = try await rig.makeRepository()
            _ = try await rig.waitForPhase(key, .ready)
            let old = try rig.backup("old", megabytes: 4)
            let kept = try rig.backup("kept")
            try rig.restic(["forget", old])
            let due: JSONValue = ["status": ["lastMaintenanceTime": "2020-01-01T00:00:00Z"]]
            _ = try await rig.client.patch(BackupRepository.self, key, .merge(due))
            let pruned = try await rig.wait(BackupRepository.self, key) { $0.recentMaintenance?.isEmpty == false }
            let run = try #require(pruned.recentMaintenance?.first)
            #expect(run["result"]?.string == "Succeeded" && run["completeTimestamp"]?.string != nil)
            #expect(try #require(pruned.lastMaintenanceTime) > KubeTime(seconds: 1_700_000_000))
            #expect(try rig.restic(["check", "--read-data"]).contains("no errors were found"))
            #expect(try rig.restic(["snapshots"]).contains(String(kept.prefix(8))))
            let packs = rig.directory + "/default/shop/data/"
            let sizes = try FileManager.default.subpathsOfDirectory(atPath: packs).map { name in
                let attributes = try FileManager.default.attributesOfItem(atPath: packs + name)
                return attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int ?? 0 : 0
            }
            #expect(sizes.reduce(0, +) < 3 << 20)
        }
    }

    @Test func `a running backup makes maintenance fail with its reason, and the repository stays ready`() async throws
    {
        try await ServerRig.with("busy") { rig in
            try await rig.makeLocation()
            let key = try await rig.makeRepository()
            _ = try await rig.waitForPhase(key, .ready)
            let agent = HolderIdentity(hostname: "elsewhere", username: "root", processID: 7, userID: 0, groupID: 0)
            let shop = RepositoryKey(namespace: "shop", location: "default")
            try await rig.repositories(holder: agent).withRepository(shop) { repository in
                try await repository.withLock(.shared) { _ in
                    let due: JSONValue = ["status": ["lastMaintenanceTime": "2020-01-01T00:00:00Z"]]
                    _ = try await rig.client.patch(BackupRepository.self, key, .merge(due))
                    let failed = try await rig.wait(BackupRepository.self, key) {
                        $0.recentMaintenance?.isEmpty == false
                    }
                    #expect(failed.phase == .ready)
                    #expect(failed.recentMaintenance?.first?["result"]?.string == "Failed")
                    #expect(failed.message?.contains("is already locked by process 7") == true)
                    #expect(try await repository.listLockIDs().count == 1)
                }
            }
        }
    }

    @Test func `the lock of a pod that is gone is removed, locks of strangers are not`() async throws {
        let settings: (inout ControllerSettings) -> Void = { $0.checkInterval = .seconds(1) }
        try await ServerRig.with("locks", settings: settings) { rig in
            try await rig.makeLocation()
            let key = try await rig.makeRepository()
            _ = try await rig.waitForPhase(key, .ready)
            let shop = RepositoryKey(namespace: "shop", location: "default")
            let now = WallClock.system.now()
            let past = WallClock { Timestamp(seconds: now.seconds - 600, nanoseconds: 0) }
            let agent = HolderIdentity(hostname: "node-agent-gone", username: "", processID: 1, userID: 0, groupID: 0)
            try await rig.repositories(holder: agent, time: past).withRepository(shop) { repository in
                // The mark is put on by the way the repository was opened.
                try await repository.withLock(.shared) { _ in
                    let path = rig.directory + "/default/shop/locks"
                    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: path).first)
                    let stranger = HolderIdentity(
                        hostname: "node-agent-gone",
                        username: "root",
                        processID: 1,
                        userID: 0,
                        groupID: 0
                    )
                    var options = OpenOptions()
                    options.identity = stranger
                    options.wallClock = past
                    let other = try await Repository.open(
                        on: repository.storage,
                        password: RepositoryPassword(ServerRig.password),
                        options: options
                    )
                    try await other.withLock(.shared) { held in
                        let left = try await rig.locksLeft(path, without: name)
                        #expect(left == [held.id.hex])
                    }
                }
            }
        }
    }

    @Test func `a backup has its repository made, and fails when its node is gone`() async throws {
        try await ServerRig.with("watched") { rig in
            try await rig.makeLocation()
            try await rig.plane.kubectl(
                ["create", "-f", "-"],
                input: #"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "watched-1"}}"#
            )
            var volume = PodVolumeBackup(name: "volume", namespace: rig.namespace)
            volume.node = "watched-1"
            volume["spec", "pod"] = ["kind": "Pod", "namespace": "shop", "name": "db-0", "uid": "12345678-aaaa"]
            volume.volume = "data"
            volume.backupStorageLocation = "default"
            volume.repoIdentifier = ""
            volume.uploaderType = .restic
            var pod = Pod(name: "db-0", namespace: "shop")
            pod["spec"] = ["nodeName": "watched-1", "containers": [["name": "c", "image": "i"]]]
            try await rig.plane.kubectl(["create", "namespace", "shop"])
            let made = try await rig.client.create(pod)
            volume["spec", "pod", "uid"] = made.metadata.uid.map { .string($0) }
            _ = try await rig.client.create(volume)
            _ = try await rig.waitForPhase(rig.key("shop-default-restic"), .ready)
            try await rig.client.delete(Node.resourceType, ObjectKey(namespace: nil, name: "watched-1"))
            let failed = try await rig.wait(PodVolumeBackup.self, volume.key) { $0.phase.isFinal }
            #expect(failed.phase == .failed && failed.message == "node watched-1 is gone")
            #expect(failed.completionTimestamp != nil)
        }
    }

    @Test func `a restore whose pod never comes fails, a backup that outlives its Backup is cancelled`() async throws {
        let settings: (inout ControllerSettings) -> Void = { $0.podTimeout = .zero }
        try await ServerRig.with("abandoned", settings: settings) { rig in
            try await rig.makeLocation()
            var restore = PodVolumeRestore(name: "podless", namespace: rig.namespace)
            restore["spec"] = [
                "pod": ["kind": "Pod", "namespace": "none", "name": "db-0", "uid": "12345678-aaaa"], "volume": "data",
                "backupStorageLocation": "default", "repoIdentifier": "", "snapshotID": "0123abcd",
                "sourceNamespace": "none", "uploaderType": "restic",
            ]
            _ = try await rig.client.create(restore)
            let failed = try await rig.wait(PodVolumeRestore.self, restore.key) { $0.phase.isFinal }
            #expect(failed.phase == .failed && failed.message == "pod none/db-0 did not appear within 0s")

            var owner = Backup(name: "daily", namespace: rig.namespace)
            owner.storageLocation = "default"
            owner = try await rig.client.create(owner)
            var volume = PodVolumeBackup(name: "volume", namespace: rig.namespace)
            volume.metadata.ownerReferences = [OwnerReference(owner.object, isController: true)]
            volume.node = "abandoned-1"
            volume["spec", "pod"] = ["kind": "Pod", "namespace": "none", "name": "db-0", "uid": "12345678-aaaa"]
            volume.volume = "data"
            volume.backupStorageLocation = "default"
            volume.repoIdentifier = ""
            volume.uploaderType = .restic
            let node = #"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "abandoned-1"}}"#
            try await rig.plane.kubectl(["create", "-f", "-"], input: node)
            var agent = Pod(name: "agent", namespace: rig.namespace)
            agent.metadata.labels = ["name": "node-agent"]
            agent["spec"] = ["nodeName": "abandoned-1", "containers": [["name": "c", "image": "i"]]]
            agent = try await rig.client.create(agent)
            let running: JSONValue = ["status": ["phase": "Running"]]
            _ = try await rig.client.patch(Pod.self, agent.key, .merge(running), subresource: "status")
            _ = try await rig.client.create(volume)
            _ = try await rig.client.patch(Backup.self, owner.key, .merge(["status": ["phase": "Failed"]]))
            _ = try await rig.wait(PodVolumeBackup.self, volume.key) { $0.isCancelled }
        }
    }

    @Test func `the older kind is served beside the newer`() async throws {
        try await ServerRig.with("older") { rig in
            try await rig.makeLocation()
            let old = ResticRepository(for: "shop", in: "default", of: rig.namespace, name: "shop-default-x7k2p")
            _ = try await rig.client.create(old)
            let ready = try await rig.wait(ResticRepository.self, old.key) { $0.phase == .ready }
            #expect(ready.resticIdentifier == "local:\(rig.directory)/default/shop" && ready.lastMaintenanceTime != nil)
            #expect(try rig.restic(["cat", "config"]).contains("version"))
        }
    }

    @Test(.s3Server(.moto))
    func `a missing bucket is told and never made`() async throws {
        let server = try S3TestServer.required()
        let prepare: (ServerRig) async throws -> Void = { rig in
            var secret = Secret(name: "own", namespace: rig.namespace)
            secret[data: "cloud"] = Array("[default]\naws_access_key_id=a\naws_secret_access_key=b\n".utf8)
            _ = try await rig.client.create(secret)
        }
        try await ServerRig.with("bucketless", prepare: prepare) { rig in
            try await rig.makeLocation {
                $0.config = ["s3Url": server.url, "region": "us-east-1"]
                $0.credentialName = "own"
                $0.credentialKey = "cloud"
                $0.bucket = "nowhere"
            }
            let key = try await rig.makeRepository()
            let missing = try await rig.waitForPhase(key, .notReady)
            #expect(missing.message?.contains("bucket") == true && missing.message?.contains("correct") == true)
            let answer = try requireProgram("curl")
            let body = try answer.attempt([
                "-s", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code}", server.url + "/nowhere",
            ])
            #expect(String(decoding: body.standardOutput, as: UTF8.self) == "404")
        }
    }
}

extension ServerRig {
    /// Waits until a lock file is gone; returns the names of those left.
    fileprivate func locksLeft(_ path: String, without name: String) async throws -> [String] {
        let (kubernetes, namespace) = (client, namespace)
        while try FileManager.default.contentsOfDirectory(atPath: path).contains(name) {
            // Each turn costs a request, so this is no busy loop; the suite's limit ends it.
            _ = try await kubernetes.get(Secret.self, ObjectKey(namespace: namespace, name: "velero-repo-credentials"))
        }
        return try FileManager.default.contentsOfDirectory(atPath: path)
    }
}
