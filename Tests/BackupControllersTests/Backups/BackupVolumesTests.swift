// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// Backups of pods with their volumes and hooks, on a real API server; agents and containers are played by the tests.
@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(8)))
struct BackupVolumesTests {
    private func volumes(_ list: JSONValue, mounted: [String]) -> (inout Pod) -> Void {
        { pod in
            pod["spec", "volumes"] = list
            pod["spec", "containers"] = [
                [
                    "name": "main", "image": "example.org/none",
                    "volumeMounts": .array(mounted.map { ["name": .string($0), "mountPath": .string("/\($0)")] }),
                ]
            ]
        }
    }

    @Test func `volumes that pods opt in are backed up through their agents and told in the bucket`() async throws {
        try await ServerRig.with("opted") { rig in
            try await rig.makeLocation()
            try await rig.makeNode("opted-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: opted-shop}}")
            try await rig.makeClaim("data", in: "opted-shop")
            try await rig.makeClaim("cold", in: "opted-shop")
            try await rig.makePod("web", in: "opted-shop", on: "opted-1") { pod in
                volumes(
                    [
                        ["name": "data", "persistentVolumeClaim": ["claimName": "data"]],
                        ["name": "cache", "emptyDir": [:]],
                        ["name": "cold", "persistentVolumeClaim": ["claimName": "cold"]],
                    ],
                    mounted: ["data", "cache", "cold"]
                )(&pod)
                pod.metadata.annotations = ["backup.velero.io/backup-volumes": "data,typo"]
            }
            // The same claim through another pod.
            try await rig.makePod("web-2", in: "opted-shop", on: "opted-1") { pod in
                volumes([["name": "data", "persistentVolumeClaim": ["claimName": "data"]]], mounted: ["data"])(&pod)
                pod.metadata.annotations = ["backup.velero.io/backup-volumes": "data"]
            }
            let key = try await rig.makeBackup("daily", ["includedNamespaces": ["opted-shop"]])
            let volume = try await rig.waitForVolume(of: "web")
            #expect(volume.repoIdentifier == "local:\(rig.directory)/default/opted-shop" && volume.node == "opted-1")
            #expect(volume.uploaderType == .restic && volume.volume == "data")
            #expect(volume.metadata.controller?.kind == "Backup" && volume.tags?["ns"] == "opted-shop")
            #expect(try await rig.client.get(Backup.self, key)?.phase == .inProgress)
            try await rig.finish(volume)
            let backup = try await rig.wait(Backup.self, key) { $0.phase.isFinal }
            #expect(backup.phase == .completed && backup.warnings == 1)
            #expect(
                try rig.items("daily") == [
                    "namespaces/opted-shop", "persistentvolumeclaims/opted-shop/cold",
                    "persistentvolumeclaims/opted-shop/data", "persistentvolumes/opted-shop-cold",
                    "persistentvolumes/opted-shop-data", "pods/opted-shop/web", "pods/opted-shop/web-2",
                ]
            )
            #expect(
                try rig.text("results", of: "daily").contains(
                    "No volume named typo found in pod opted-shop/web, skipping"
                )
            )
            let stored = try rig.json("podvolumebackups.json", of: "daily").array ?? []
            #expect(stored.count == 1 && stored.first?["status"]?["snapshotID"] == "abcdef0123456789")
            #expect(stored.first?["spec"]?["tags"]?["backup"] == "daily")
            let information = try rig.json("volumeinfo.json", of: "daily").array ?? []
            #expect(information.map { $0["pvcName"]?.string } == ["data", "cold"])
            #expect(information.map { $0["skipped"]?.bool } == [false, true])
            #expect(information.first?["pvbInfo"]?["snapshotHandle"] == "abcdef0123456789")
        }
    }

    @Test func `a volume that fails, and one without agent, make the backup partially fail`() async throws {
        try await ServerRig.with("failing") { rig in
            try await rig.makeLocation()
            try await rig.makeNode("failing-1")
            try await rig.apply("{apiVersion: v1, kind: Node, metadata: {name: failing-2}}")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: failing-shop}}")
            let cache = volumes([["name": "cache", "emptyDir": [:]]], mounted: ["cache"])
            try await rig.makePod("lonely", in: "failing-shop", on: "failing-2", cache)
            try await rig.makePod("web", in: "failing-shop", on: "failing-1", cache)
            try await rig.makePod("done", in: "failing-shop", on: "failing-1", phase: "Succeeded", cache)
            let spec: JSONValue = ["includedNamespaces": ["failing-shop"], "defaultVolumesToFsBackup": true]
            let key = try await rig.makeBackup("daily", spec)
            try await rig.finish(try await rig.waitForVolume(of: "web"), .failed)
            let backup = try await rig.wait(Backup.self, key) { $0.phase.isFinal }
            #expect(backup.phase == .partiallyFailed && backup.errors == 2 && backup.warnings == 1)
            let results = try rig.text("results", of: "daily")
            #expect(results.contains("node-agent pod is not running in node failing-2"))
            #expect(results.contains("pod volume backup failed: the disk is on fire"))
            #expect(results.contains("Volume cache is in pod failing-shop/done, which is not running, skipping"))
            // A pod whose volume could not even be asked for is left out, lest it be restored with an empty one.
            #expect(
                try rig.items("daily") == [
                    "namespaces/failing-shop", "pods/failing-shop/done", "pods/failing-shop/web",
                ]
            )
        }
    }

    @Test func `volumes that take longer than allowed are given up and told to end`() async throws {
        try await ServerRig.with("slow") { rig in
            try await rig.makeLocation()
            try await rig.makeNode("slow-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: slow-shop}}")
            try await rig.makePod(
                "web",
                in: "slow-shop",
                on: "slow-1",
                volumes([["name": "cache", "emptyDir": [:]]], mounted: ["cache"])
            )
            var backup = Backup(name: "daily", namespace: rig.namespace)
            backup["spec"] = ["includedNamespaces": ["slow-shop"], "defaultVolumesToFsBackup": true]
            backup.metadata.annotations = ["velero.io/pod-volume-timeout": "2s"]
            let key = try await rig.client.create(backup).key
            let ended = try await rig.wait(Backup.self, key) { $0.phase.isFinal }
            #expect(ended.phase == .partiallyFailed)
            #expect(
                try rig.text("results", of: "daily").contains("timed out waiting for all PodVolumeBackups to complete")
            )
            let volume = try await rig.waitForVolume(of: "web")
            #expect(volume.isCancelled)
        }
    }

    @Test func `hooks run before a pod and after its volumes, and a failure that matters keeps the pod out`()
        async throws
    {
        var commands = ScriptedCommands(codes: ["/freeze": 3])
        commands.onRun = { _ in }
        let ready = commands
        try await ServerRig.with("hooked", commands: ready) { rig in
            try await rig.makeLocation()
            try await rig.makeNode("hooked-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: hooked-shop}}")
            try await rig.makePod("db", in: "hooked-shop", on: "hooked-1") { pod in
                volumes([["name": "data", "emptyDir": [:]]], mounted: ["data"])(&pod)
                pod.metadata.annotations = [
                    "backup.velero.io/backup-volumes": "data", "pre.hook.backup.velero.io/command": #"["/sync", "-a"]"#,
                    "post.hook.backup.velero.io/command": "/resume", "post.hook.backup.velero.io/container": "main",
                ]
            }
            try await rig.makePod("frozen", in: "hooked-shop", on: "hooked-1") { pod in
                pod.metadata.annotations = [
                    "pre.hook.backup.velero.io/command": "/freeze", "pre.hook.backup.velero.io/on-error": "Fail",
                ]
            }
            try await rig.makePod("warm", in: "hooked-shop", on: "hooked-1") { pod in
                pod.metadata.annotations = ["pre.hook.backup.velero.io/command": "/freeze"]
            }
            let spec: JSONValue = [
                "includedNamespaces": ["hooked-shop"],
                "hooks": [
                    "resources": [
                        [
                            "name": "all", "post": [["exec": ["command": ["/after"]]]],
                            "includedNamespaces": ["hooked-*"],
                        ]
                    ]
                ],
            ]
            let key = try await rig.makeBackup("daily", spec)
            let volume = try await rig.waitForVolume(of: "db")
            #expect(!ready.run.value.contains { $0.contains("/resume") }, "before its volume is backed up")
            try await rig.finish(volume)
            let backup = try await rig.wait(Backup.self, key) { $0.phase.isFinal }
            #expect(backup.phase == .partiallyFailed && backup.errors == 3)
            #expect(backup.hooksAttempted == 5 && backup.hooksFailed == 2)
            #expect(
                ready.run.value.sorted() == [
                    "hooked-shop/db main: /resume", "hooked-shop/db main: /sync -a", "hooked-shop/frozen main: /freeze",
                    "hooked-shop/warm main: /after", "hooked-shop/warm main: /freeze",
                ]
            )
            #expect(
                try rig.items("daily").filter { $0.hasPrefix("pods/") } == [
                    "pods/hooked-shop/db", "pods/hooked-shop/warm",
                ]
            )
            #expect(try rig.text("results", of: "daily").contains("command terminated with exit code 3"))
            #expect(try rig.text("logs", of: "daily").contains("output=\"done\\n\""))
        }
    }

    @Test func `a resource policy decides about volumes`() async throws {
        try await ServerRig.with("policy") { rig in
            try await rig.makeLocation()
            try await rig.makeNode("policy-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: policy-shop}}")
            try await rig.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: volumes, namespace: policy}
                data:
                  policy.yaml: |
                    version: v1
                    volumePolicies:
                    - conditions: {nfs: {server: s}, capacity: "1Gi,"}
                      action: {type: fs-backup}
                    - conditions: {volumeTypes: [emptyDir]}
                      action: {type: skip}
                """
            )
            try await rig.makeClaim("data", in: "policy-shop")
            try await rig.makePod("web", in: "policy-shop", on: "policy-1") { pod in
                volumes(
                    [
                        ["name": "data", "persistentVolumeClaim": ["claimName": "data"]],
                        ["name": "cache", "emptyDir": [:]],
                    ],
                    mounted: ["data", "cache"]
                )(&pod)
                pod.metadata.annotations = ["backup.velero.io/backup-volumes": "cache"]
            }
            let key = try await rig.makeBackup(
                "daily",
                ["includedNamespaces": ["policy-shop"], "resourcePolicy": ["kind": "configmap", "name": "volumes"]]
            )
            let volume = try await rig.waitForVolume(of: "web")
            #expect(volume.volume == "data")
            try await rig.finish(volume)
            let backup = try await rig.wait(Backup.self, key) { $0.phase.isFinal }
            #expect(backup.phase == .completed)
            #expect(try rig.json("podvolumebackups.json", of: "daily").array?.count == 1)
        }
    }

    @Test func `a Backup deleted while it is under way leaves nothing in the bucket`() async throws {
        try await ServerRig.with("deleted") { rig in
            try await rig.makeLocation()
            try await rig.makeNode("deleted-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: deleted-shop}}")
            try await rig.makePod(
                "web",
                in: "deleted-shop",
                on: "deleted-1",
                volumes([["name": "cache", "emptyDir": [:]]], mounted: ["cache"])
            )
            let key = try await rig.makeBackup(
                "daily",
                ["includedNamespaces": ["deleted-shop"], "defaultVolumesToFsBackup": true]
            )
            let volume = try await rig.waitForVolume(of: "web")
            try await rig.client.delete(Backup.resourceType, key)
            try await rig.finish(volume, .failed)
            // The next backup begins only when this one is over.
            let next = try await rig.backUp(
                "next",
                ["includedNamespaces": ["deleted-shop"], "includedResources": ["cm"]]
            )
            #expect(next.phase == .completed)
            #expect(rig.bucketNames("daily").isEmpty)
        }
    }

    @Test func `a server that is told to end fails its backup, ends its volumes and lets applications go on`()
        async throws
    {
        let commands = ScriptedCommands()
        try await ServerRig.with("stopped", commands: commands) { rig in
            try await rig.makeLocation()
            try await rig.makeNode("stopped-1")
            try await rig.apply("{apiVersion: v1, kind: Namespace, metadata: {name: stopped-shop}}")
            try await rig.makePod("db", in: "stopped-shop", on: "stopped-1") { pod in
                volumes([["name": "data", "emptyDir": [:]]], mounted: ["data"])(&pod)
                pod.metadata.annotations = [
                    "pre.hook.backup.velero.io/command": "/freeze", "post.hook.backup.velero.io/command": "/resume",
                ]
            }
            let key = try await rig.makeBackup(
                "daily",
                ["includedNamespaces": ["stopped-shop"], "defaultVolumesToFsBackup": true]
            )
            let volume = try await rig.waitForVolume(of: "db")
            await rig.stopServer()
            let backup = try #require(try await rig.client.get(Backup.self, key))
            #expect(backup.phase == .failed)
            #expect(backup.failureReason == "the server ended while the backup was under way")
            let ended = try await rig.client.get(PodVolumeBackup.self, volume.key)
            #expect(ended?.isCancelled == true)
            #expect(commands.run.value == ["stopped-shop/db main: /freeze", "stopped-shop/db main: /resume"])
            #expect(rig.bucketNames("daily") == ["daily-logs.gz", "daily-results.gz"])
        }
    }
}
