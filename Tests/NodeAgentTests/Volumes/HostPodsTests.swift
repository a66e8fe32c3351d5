// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import TestSupport
import Testing
import VeleroAPI
import VolumeIO

@testable import NodeAgent

@Suite struct HostPodsTests {
    private static let uid = "6b2f0c1e-6c5f-4f6e-9d3c-0d6f5a1f2b3c"

    private func directory(_ source: JSONValue = ["emptyDir": [:]], uid: String = Self.uid) throws -> VolumeDirectory {
        var pod = Pod(name: "web-0", namespace: "shop")
        pod.metadata.uid = uid
        var volume = source
        volume["name"] = "data"
        pod["spec", "volumes"] = .array([volume])
        return try VolumeDirectory(volume: "data", of: pod, claim: nil, bound: nil)
    }

    private func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private func link(_ path: String, to target: String) throws {
        try make((path as NSString).deletingLastPathComponent)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    @Test func `the volume is found below whatever plugin it belongs to`() async throws {
        try await withTemporaryDirectory { root in
            let path = "\(root)/\(Self.uid)/volumes/kubernetes.io~csi/data/mount"
            try make(path)
            try make("\(root)/\(Self.uid)/volumes/kubernetes.io~empty-dir/other")
            let opened = try await HostPods(root: root).open(directory(["csi": ["driver": "x"]]))
            #expect(opened.path == path)
        }
    }

    @Test func `none and several matches are told as Velero tells them`() async throws {
        try await withTemporaryDirectory { root in
            let pattern = "\(root)/\(Self.uid)/volumes/*/data"
            func message() async -> String {
                do {
                    _ = try await HostPods(root: root).open(directory())
                    return "opened"
                } catch {
                    return "\(error)"
                }
            }
            let prefix = "identifying unique volume path on host: expected one matching path: \(pattern), got "
            #expect(await message() == prefix + "0")
            try make("\(root)/\(Self.uid)/volumes/a/data")
            #expect(await message() == "opened")
            try make("\(root)/\(Self.uid)/volumes/b/data")
            #expect(await message() == prefix + "2")
        }
    }

    @Test(arguments: ["volume", "plugin", "volumes", "pod"])
    func `a symbolic link on the way is refused`(place: String) async throws {
        try await withTemporaryDirectory { root in
            let outside = root + "/outside"
            let pods = root + "/pods"
            try make(outside + "/data")
            try make(outside + "/plugin/data")
            try make(outside + "/volumes/plugin/data")
            try make(pods)
            switch place {
            case "volume": try link("\(pods)/\(Self.uid)/volumes/plugin/data", to: outside + "/data")
            case "plugin": try link("\(pods)/\(Self.uid)/volumes/plugin", to: outside + "/plugin")
            case "volumes": try link("\(pods)/\(Self.uid)/volumes", to: outside + "/volumes")
            default: try link("\(pods)/\(Self.uid)", to: outside)
            }
            await #expect(throws: (any Error).self) { try await HostPods(root: pods).open(directory()) }
        }
    }

    @Test func `a link beside the real directory is not overlooked`() async throws {
        try await withTemporaryDirectory { root in
            try make("\(root)/\(Self.uid)/volumes/a/data")
            try link("\(root)/\(Self.uid)/volumes/b/data", to: "/etc")
            let error = await #expect(throws: VolumeDirectory.Failure.self) {
                try await HostPods(root: root).open(directory())
            }
            #expect(error?.description.hasSuffix("got 2") == true)
        }
    }

    @Test(arguments: ["..", "../..", "/etc", "a/b", "", "0/../1"])
    func `a uid that could lead elsewhere is none`(uid: String) async throws {
        #expect(throws: (any Error).self) { try directory(uid: uid) }
        try await withTemporaryDirectory { root in
            let exists = try await HostPods(root: root).hasDirectory(podUID: uid)
            #expect(!exists)
        }
    }
}
