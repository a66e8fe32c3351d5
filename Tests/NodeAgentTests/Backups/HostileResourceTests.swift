// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import NodeAgent
import TestSupport
import Testing
import VeleroAPI

/// Resources as somebody would write them who wants the agent to read or write elsewhere.
@Suite("Hostile resources", .controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct HostileResourceTests {
    private static let changes: [(String, @Sendable (inout PodVolumeBackup) -> Void, String)] = [
        ("volume", { $0.volume = "../../other/volumes/x/data" }, "spec.volume"),
        ("absolute", { $0.volume = "/etc" }, "spec.volume"),
        ("namespace", { $0.podNamespace = "../kube-system" }, "spec.pod.namespace"),
        ("pod", { $0.podName = "a/../../secrets" }, "spec.pod.name"),
        ("uid", { $0.podUID = "../.." }, "spec.pod.uid"),
        ("location", { $0.backupStorageLocation = "../default" }, "spec.backupStorageLocation"),
        ("foreign", { $0.podNamespace = "kube-system" }, "is gone"),
        ("unknown", { $0.volume = "none" }, "has no volume named none"),
        ("kopia", { $0.uploaderType = .kopia }, "restic backups only"),
    ]

    @Test func `what names another place is refused with a message`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            try world.write("content", to: world.path(of: "data", in: pod) + "/file")
            let backup = try await world.makeBackup("daily")
            try await world.withAgent {
                for (name, change, expected) in Self.changes {
                    let resource = try await world.backUp(of: pod, for: backup) { resource in
                        resource.metadata.name = "hostile-\(name)"
                        change(&resource)
                    }
                    let done = try await world.backups.end(resource.name)
                    #expect(done.phase == .failed, "\(name)")
                    #expect(done.message?.contains(expected) == true, "\(name): \(done.message ?? "")")
                }
            }
            #expect(!FileManager.default.fileExists(atPath: world.repository + "/snapshots"))
        }
    }

    private static let restoreChanges: [(String, @Sendable (inout PodVolumeRestore) -> Void, String)] = [
        ("volume", { $0.volume = "../../other/volumes/x/data" }, "spec.volume"),
        ("absolute", { $0.volume = "/etc" }, "spec.volume"),
        ("namespace", { $0.podNamespace = "../kube-system" }, "spec.pod.namespace"),
        ("pod", { $0.podName = "a/../../secrets" }, "spec.pod.name"),
        ("uid", { $0.podUID = "../.." }, "spec.pod.uid"),
        ("other", { $0.podUID = "01234567-89ab-cdef-0123-456789abcdef" }, "is gone"),
        ("foreign", { $0.podNamespace = "kube-system" }, "is gone"),
        ("source", { $0.sourceNamespace = "../other" }, "spec.sourceNamespace"),
        ("location", { $0.backupStorageLocation = "../default" }, "spec.backupStorageLocation"),
        ("snapshot", { $0.snapshotID = "../../keys/x" }, "spec.snapshotID"),
        (
            "marker",
            {
                $0.metadata.ownerReferences = [
                    OwnerReference(fields: [
                        "apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "../../x", "controller": true,
                    ])
                ]
            }, "owner's uid"
        ),
    ]

    @Test func `a restore that names another place is refused and writes nothing`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0", initContainer: "restore-wait", phase: "Pending")
            let backup = try await world.backUp(of: pod, for: try await world.makeBackup("daily")) { resource in
                resource.node = "another"
                resource.snapshotID = "0123abcd"
            }
            let restore = try await world.makeRestore("again", of: "daily")
            try await world.withAgent {
                for (name, change, expected) in Self.restoreChanges {
                    let resource = try await world.restore(backup, into: pod, for: restore) { resource in
                        resource.metadata.name = "hostile-\(name)"
                        // Said to be this agent's own, whatever pod it names.
                        resource.node = world.node
                        change(&resource)
                    }
                    let done = try await world.restores.end(resource.name)
                    #expect(done.phase == .failed, "\(name)")
                    #expect(done.message?.contains(expected) == true, "\(name): \(done.message ?? "")")
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: world.path(of: "data", in: pod)).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: world.podsDirectory).count == 1)
        }
    }

    @Test func `a link in the volume's place is refused`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            let path = world.path(of: "data", in: pod)
            let outside = world.directory + "/outside"
            try world.write("secret", to: outside + "/file")
            removeTree(path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: outside)
            let done = try await world.withAgent {
                let name = try await world.backUp(of: pod, for: try await world.makeBackup("daily")).name
                return try await world.backups.end(name)
            }
            #expect(done.phase == .failed)
            #expect(done.message?.contains("refused") == true, "\(done.message ?? "")")
        }
    }

    @Test func `resources of other nodes are left alone`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            let backup = try await world.makeBackup("daily")
            try await world.withAgent {
                let other = try await world.backUp(of: pod, for: backup) { resource in
                    resource.metadata.name = "of-another"
                    resource.node = "another"
                }
                // The agent's own comes later, so the other one was seen by the time this one ends.
                let own = try await world.backUp(of: pod, for: backup)
                #expect(try await world.backups.end(own.name).phase == .completed)
                #expect(world.backups.history(other.name).count == 1)
            }
        }
    }

    @Test func `an agent that does not see the kubelet's directory does not start`() async throws {
        try await AgentWorld.with { world in
            let pod = try await world.makePod("web-0")
            removeTree(world.podsDirectory + "/" + (pod.metadata.uid ?? ""))
            let error = await #expect(throws: (any Error).self) { try await world.agent().run() }
            #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("unexpected directory structure for host-pods volume"))
        }
    }
}
