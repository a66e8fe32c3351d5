// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import KubeClient
import KubeModel
import LocationAccess
import ObjectStorage
import S3Storage
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// Backups of a real API server's objects, read back by tar and gzip.
@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(8)))
struct BackupControllerTests {
    /// A namespace with an object of several kinds, one of them custom.
    private func populate(_ rig: ServerRig, _ name: String) async throws {
        try await rig.apply(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: \(name), labels: {team: \(name)}}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: \(name), labels: {app: web}}, data: {a: "<&>"}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: secretly, namespace: \(name), labels: {velero.io/exclude-from-backup: "true"}}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: key, namespace: \(name)}, stringData: {k: v}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: \(name)}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: \(name)-reader}
            rules: []
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: \(name)-reader}
            subjects: [{kind: ServiceAccount, name: web, namespace: \(name)}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \(name)-reader}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: \(name), labels: {app: web}}
            spec:
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: example.org/none}]}}
            """
        )
    }

    private func defineWidgets(_ rig: ServerRig) async throws {
        try await rig.apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.org}
            spec:
              group: example.org
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            """
        )
        try await rig.plane.kubectl([
            "wait", "--for=condition=Established", "--timeout=60s", "crd/widgets.example.org",
        ])
    }

    @Test func `a namespace is backed up with what it needs, in Velero's layout`() async throws {
        try await ServerRig.with("whole") { rig in
            try await rig.makeLocation()
            try await populate(rig, "shop")
            try await populate(rig, "other")
            try await defineWidgets(rig)
            try await rig.apply(
                "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w, namespace: shop}, spec: {n: 1}}"
            )
            let backup = try await rig.backUp("daily", ["includedNamespaces": ["shop"], "storageLocation": "default"])
            #expect(backup.phase == .completed, "\(backup.failureReason ?? "") \(backup.validationErrors ?? [])")
            #expect(
                try rig.items("daily") == [
                    "clusterrolebindings.rbac.authorization.k8s.io/shop-reader",
                    "clusterroles.rbac.authorization.k8s.io/shop-reader", "configmaps/shop/settings",
                    "customresourcedefinitions.apiextensions.k8s.io/widgets.example.org", "deployments.apps/shop/web",
                    "namespaces/shop", "secrets/shop/key", "serviceaccounts/shop/web", "widgets.example.org/shop/w",
                ]
            )
            let paths = try rig.tarballPaths("daily")
            #expect(paths.first == "metadata/version")
            #expect(paths.contains("resources/deployments.apps/v1-preferredversion/namespaces/shop/web.json"))
            #expect(paths.contains("resources/namespaces/v1-preferredversion/cluster/shop.json"))
            let settings = try rig.item("resources/configmaps/namespaces/shop/settings.json", of: "daily")
            #expect(settings.apiVersion == "v1" && settings.kind == "ConfigMap" && settings["data", "a"] == "<&>")
            #expect(settings.metadata.uid != nil)
            #expect(
                rig.bucketNames("daily") == [
                    "daily-itemoperations.json.gz", "daily-logs.gz", "daily-podvolumebackups.json.gz",
                    "daily-resource-list.json.gz", "daily-results.gz", "daily-volumeinfo.json.gz",
                    "daily-volumesnapshots.json.gz", "daily.tar.gz", "velero-backup.json",
                ]
            )
            let list = try rig.json("resource-list.json", of: "daily")
            #expect(list["apps/v1/Deployment"] == ["shop/web"] && list["v1/Namespace"] == ["shop"])
            #expect(try rig.json("results", of: "daily") == ["warnings": [:], "errors": [:]])
            #expect(try rig.json("podvolumebackups.json", of: "daily") == [])
            let log = try rig.text("logs", of: "daily")
            #expect(log.contains("level=info msg=\"Backed up item\" backup=whole/daily name=web namespace=shop"))
            // What the bucket says is what the cluster says.
            let path = rig.bucketPath("daily") + "/velero-backup.json"
            let stored = Backup(
                object: try KubeObject(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            )
            #expect(
                stored.object["status"] == backup.object["status"] && stored.object["spec"] == backup.object["spec"]
            )
            #expect(stored.object.kind == "Backup" && stored.metadata.uid == backup.metadata.uid)
            #expect(backup.version == 1 && backup.formatVersion == "1.1.0")
            #expect(backup.totalItems == 9 && backup.itemsBackedUp == 9)
            #expect(backup.startTimestamp != nil && backup.completionTimestamp != nil && backup.expiration != nil)
            #expect(backup.ttl?.description == "720h0m0s" && backup.warnings == nil && backup.errors == nil)
            #expect(backup.metadata[label: "velero.io/storage-location"] == "default")
            #expect(backup.metadata[annotation: "velero.io/source-cluster-k8s-major-version"] == "1")
        }
    }

    @Test func `filters choose objects by every name of a kind, by labels and by patterns`() async throws {
        try await ServerRig.with("filtered") { rig in
            try await rig.makeLocation()
            for name in ["app-1", "app-2", "db"] { try await populate(rig, name) }
            let named = try await rig.backUp(
                "named",
                ["includedNamespaces": ["app-*"], "includedResources": ["cm", "Deployment"]]
            )
            #expect(named.phase == .completed)
            #expect(
                try rig.items("named") == [
                    "configmaps/app-1/settings", "configmaps/app-2/settings", "deployments.apps/app-1/web",
                    "deployments.apps/app-2/web",
                ]
            )
            _ = try await rig.backUp(
                "labelled",
                ["includedNamespaces": ["db"], "labelSelector": ["matchLabels": ["app": "web"]]]
            )
            #expect(
                try rig.items("labelled") == ["configmaps/db/settings", "deployments.apps/db/web", "namespaces/db"]
            )
            _ = try await rig.backUp(
                "either",
                [
                    "includedNamespaces": ["db"],
                    "orLabelSelectors": [
                        ["matchLabels": ["app": "web"]], ["matchExpressions": [["key": "app", "operator": "Exists"]]],
                    ],
                    "includedNamespaceScopedResources": ["configmaps"],
                ]
            )
            #expect(try rig.items("either") == ["configmaps/db/settings", "namespaces/db"])
            let cluster = try await rig.backUp(
                "cluster",
                [
                    "excludedNamespaceScopedResources": ["*"],
                    "includedClusterScopedResources": ["clusterroles.rbac.authorization.k8s.io"],
                ]
            )
            #expect(cluster.phase == .completed)
            let items = try rig.items("cluster")
            #expect(
                items.contains("clusterroles.rbac.authorization.k8s.io/db-reader") && items.contains("namespaces/db")
            )
            #expect(items.allSatisfy { $0.hasPrefix("clusterroles.") || $0.hasPrefix("namespaces/") })
            let missing = try await rig.backUp(
                "missing",
                ["includedNamespaces": ["db", "gone"], "includedResources": ["cm"]]
            )
            #expect(missing.phase == .partiallyFailed && missing.errors == 1)
            #expect(try rig.items("missing") == ["configmaps/db/settings"])
            #expect(try rig.text("results", of: "missing").contains("fail to get the namespace gone specified"))
        }
    }

    @Test func `a list longer than a page is read to its end`() async throws {
        try await ServerRig.with("paged", settings: { $0.pageSize = 7 }) { rig in
            try await rig.makeLocation()
            let maps = (0..<30).map { "{apiVersion: v1, kind: ConfigMap, metadata: {name: m\($0), namespace: many}}" }
            try await rig.apply(
                (["{apiVersion: v1, kind: Namespace, metadata: {name: many}}"] + maps).joined(separator: "\n---\n")
            )
            let backup = try await rig.backUp(
                "pages",
                [
                    "includedNamespaces": ["many"], "includedResources": ["configmaps"],
                    "orderedResources": ["cm": "many/m29,many/none"],
                ]
            )
            #expect(backup.itemsBackedUp == 30 && backup.warnings == 1)
            #expect(try rig.tarballPaths("pages")[1] == "resources/configmaps/namespaces/many/m29.json")
        }
    }

    @Test func `a request that cannot be met is refused with the reasons`() async throws {
        try await ServerRig.with("refused") { rig in
            let none = try await rig.backUp("none", [:])
            #expect(none.phase == .failedValidation)
            #expect(none.validationErrors?.first?.contains("the server default default does not exist") == true)
            try await rig.makeLocation { $0.accessMode = .readOnly }
            let wrong = try await rig.backUp(
                "wrong",
                [
                    "includedResources": ["pods"], "includedClusterScopedResources": ["nodes"],
                    "resourcePolicy": ["kind": "ConfigMap", "name": "p"],
                ]
            )
            #expect(wrong.phase == .failedValidation && wrong.validationErrors?.count == 3)
            #expect(
                wrong.validationErrors?.last?.contains("failed to get resource policies refused/p configmap") == true
            )
            #expect(rig.bucketNames("wrong").isEmpty)
        }
    }

    @Test func `a backup of the same name in the bucket is never overwritten`() async throws {
        try await ServerRig.with("again") { rig in
            try await rig.makeLocation()
            let spec: JSONValue = ["includedNamespaces": ["default"], "includedResources": ["cm"]]
            #expect(try await rig.backUp("same", spec).phase == .completed)
            let before = try Data(contentsOf: URL(fileURLWithPath: rig.bucketPath("same") + "/velero-backup.json"))
            try await rig.client.delete(Backup.resourceType, rig.key("same"))
            let second = try await rig.backUp("same", spec)
            #expect(second.phase == .failed && second.failureReason == "backup already exists in object storage")
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: rig.bucketPath("same") + "/velero-backup.json")) == before
            )
        }
    }

    @Test func `backups of one server run one after the other`() async throws {
        try await ServerRig.with("queued") { rig in
            try await rig.makeLocation()
            let spec: JSONValue = ["includedNamespaces": ["default"], "includedResources": ["cm"]]
            for number in 1...4 { _ = try await rig.makeBackup("b\(number)", spec) }
            var ends: [(KubeTime, KubeTime)] = []
            for number in 1...4 {
                let ended = try await rig.wait(Backup.self, rig.key("b\(number)")) { $0.phase.isFinal }
                #expect(ended.phase == .completed && ended.queuePosition == nil)
                ends.append((try #require(ended.startTimestamp), try #require(ended.completionTimestamp)))
            }
            let sorted = ends.sorted { $0 < $1 }
            for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(one.1 <= next.0) }
        }
    }

    @Test(.s3Server(.rclone))
    func `a backup in a bucket lies below the location's prefix`() async throws {
        let server = try S3TestServer.required()
        let stores: (KubeClient) -> any StoreProvider = { client in
            LocationStores(
                client: client,
                namespace: "bucket",
                variables: server.environment,
                layers: StorageLayers()
            )
        }
        try await ServerRig.with("bucket", stores: stores) { rig in
            try await rig.makeLocation { location in
                location.prefix = "/cluster/"
                location.config = ["s3Url": server.url, "region": "us-east-1", "s3ForcePathStyle": "true"]
            }
            var configuration = S3Configuration(
                location: try S3Location(parsing: server.location(bucket: "backups", prefix: "cluster"))
            )
            configuration.region = "us-east-1"
            configuration.addressing = .path
            let connection = S3Connection(
                configuration: configuration,
                transport: CurlHTTPClient.Configuration(),
                variables: server.environment
            )
            try await connection.withStorage { bucket in
                try await bucket.createContainer()
                let spec: JSONValue = ["includedNamespaces": ["bucket"], "includedResources": ["secrets", "cm"]]
                let backup = try await rig.backUp("daily", spec)
                #expect(backup.phase == .completed, "\(backup.failureReason ?? "")")
                let stored = try KubeObject(parsing: try await bucket.get("backups/daily/velero-backup.json"))
                #expect(stored["status", "phase"] == "Completed")
                let tarball = try await bucket.get("backups/daily/daily.tar.gz")
                let listing = String(
                    decoding: try requireProgram("tar").run(["-tzf", "-"], input: tarball),
                    as: UTF8.self
                )
                #expect(listing.contains("resources/secrets/namespaces/bucket/velero-repo-credentials.json"))
                // A location for reading only refuses at the store, too.
                try await rig.changeLocation(["accessMode": "ReadOnly"])
                await #expect(throws: StorageError.self) {
                    try await stores(rig.client).withStore(of: "default") {
                        try await $0.put("backups/x", ObjectBody([]))
                    }
                }
            }
        }
    }

    // MARK: Faults

    @Test func `a bucket that fails makes the backup fail, and leaves nothing that looks like one`() async throws {
        let memory = MemoryStorage()
        let faulty = RefusingStorage(memory, refusing: "backups/broken/velero-backup.json")
        try await ServerRig.with("outage", stores: { _ in SingleStore(storage: faulty) }) { rig in
            try await rig.makeLocation()
            let failed = try await rig.backUp(
                "broken",
                ["includedNamespaces": ["default"], "includedResources": ["cm"]]
            )
            #expect(failed.phase == .failed && failed.failureReason?.contains("no space") == true)
            let names = try await memory.listAll(prefix: "backups/").map(\.key).sorted()
            #expect(!names.contains("backups/broken/broken.tar.gz") && names.contains("backups/broken/broken-logs.gz"))
            let other = try await rig.backUp("sound", ["includedNamespaces": ["default"], "includedResources": ["cm"]])
            #expect(other.phase == .completed)
        }
    }

    @Test func `a tarball that cannot be stored ends the backup at once`() async throws {
        let faulty = RefusingStorage(MemoryStorage(), refusing: "backups/broken/broken.tar.gz")
        try await ServerRig.with("full", stores: { _ in SingleStore(storage: faulty) }) { rig in
            try await rig.makeLocation()
            let failed = try await rig.backUp("broken", [:])
            #expect(failed.phase == .failed && failed.failureReason?.contains("no space") == true)
        }
    }

    @Test func `what a server that was killed left is failed at the next start, with its volumes`() async throws {
        let prepare: (ServerRig) async throws -> Void = { rig in
            var backup = Backup(name: "left", namespace: rig.namespace)
            backup.phase = .inProgress
            backup = try await rig.client.create(backup)
            var volume = PodVolumeBackup(name: "left-volume", namespace: rig.namespace)
            volume.metadata.labels = ["velero.io/backup-uid": backup.metadata.uid ?? ""]
            volume.uploaderType = .restic
            volume.phase = .inProgress
            volume.node = "left-1"
            volume.volume = "data"
            volume.podNamespace = "left"
            volume.podName = "web"
            volume.backupStorageLocation = "default"
            volume.repoIdentifier = "r"
            _ = try await rig.client.create(volume)
            var done = Backup(name: "done", namespace: rig.namespace)
            done.phase = .completed
            _ = try await rig.client.create(done)
        }
        try await ServerRig.with("left", prepare: prepare) { rig in
            let backup = try await rig.wait(Backup.self, rig.key("left")) { $0.phase.isFinal }
            #expect(backup.phase == .failed && backup.completionTimestamp != nil)
            #expect(
                backup.failureReason
                    == "found a backup with status \"InProgress\" during the server starting, mark it as \"Failed\""
            )
            let volume = try await rig.wait(PodVolumeBackup.self, rig.key("left-volume")) {
                $0.isCancelled || $0.phase.isFinal
            }
            #expect(volume.isCancelled || volume.phase == .failed)
            #expect(try await rig.client.get(Backup.self, rig.key("done"))?.phase == .completed)
        }
    }
}

/// Refuses to store one object.
final class RefusingStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let refused: String

    init(_ base: any ObjectStorage, refusing refused: String) {
        self.base = base
        self.refused = refused
    }

    var location: String { base.location }
    var recommendedConcurrency: Int { base.recommendedConcurrency }
    var listingLag: Duration { base.listingLag }

    private func check(_ key: String) throws {
        if key == refused { throw StorageError(.full, "no space for \(key)") }
    }

    func put(_ key: String, _ body: ObjectBody) async throws {
        try check(key)
        try await base.put(key, body)
    }

    func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try check(key)
        try await base.putStream(key, from: source)
    }

    func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] { try await base.get(key, range: range) }

    func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    func stat(_ key: String) async throws -> ObjectInfo { try await base.stat(key) }

    func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    func delete(_ key: String) async throws { try await base.delete(key) }
    func createContainer() async throws { try await base.createContainer() }
}
