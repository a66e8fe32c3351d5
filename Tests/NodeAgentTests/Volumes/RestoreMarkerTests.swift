// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import TestSupport
import Testing
import VolumeIO

@testable import NodeAgent

@Suite struct RestoreMarkerTests {
    private func write(_ uid: String, in path: String) throws {
        try RestoreMarker.write(restoreUID: uid, in: SharedDirectory(try OpenDirectory.open(path: path)))
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `everybody may read the marker, and those of earlier restores are gone`() async throws {
        try await withTemporaryDirectory { root in
            try write("e1", in: root)
            try write("e2", in: root)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/.velero") == ["e2"])
            #expect(try mode(root + "/.velero") == 0o777)
            #expect(try mode(root + "/.velero/e2") == 0o644)
        }
    }

    @Test func `a link in the marker's place is replaced and never followed`() async throws {
        try await withTemporaryDirectory { root in
            let outside = root + "/outside"
            let volume = root + "/volume"
            for path in [outside, volume] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try Data().write(to: URL(fileURLWithPath: outside + "/kept"))
            try FileManager.default.createSymbolicLink(atPath: volume + "/.velero", withDestinationPath: outside)
            try write("e1", in: volume)
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["kept"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: volume + "/.velero") == ["e1"])
        }
    }

    @Test func `agents of several nodes may mark one volume at the same time`() async throws {
        try await withTemporaryDirectory { root in
            await withTaskGroup(of: Void.self) { group in
                let executor = BlockingExecutor(name: "marks", threadCount: 4)
                for _ in 0..<4 {
                    group.addTask(executorPreference: executor) {
                        do {
                            for _ in 0..<100 { try write("e1", in: root) }
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            let marks = try FileManager.default.contentsOfDirectory(atPath: root + "/.velero")
            #expect(marks == ["e1"])
        }
    }

    @Test(arguments: ["..", "a/b", ""])
    func `a uid that is no name is refused`(uid: String) async throws {
        try await withTemporaryDirectory { root in
            _ = #expect(throws: (any Error).self) { try write(uid, in: root) }
        }
    }
}
