// SPDX-License-Identifier: Apache-2.0

import Foundation
import ObjectStorage
import TestSupport
import Testing

@Suite("DirectoryStorage on disk", .timeLimit(.minutes(1)))
struct DirectoryLayoutTests {
    private func withStorage(
        _ body: (_ storage: DirectoryStorage, _ root: String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { path in
            let root = path + "/deep/er/repo"
            let storage = DirectoryStorage(root: root)
            try await storage.createContainer()
            try await body(storage, root)
        }
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("a fresh repository has restic's directories, all private")
    func layout() async throws {
        try await withStorage { storage, root in
            #expect(try names(root) == ["data", "index", "keys", "locks", "snapshots"])
            #expect(try names(root + "/data").count == 256)
            #expect(try names(root + "/data").first == "00")
            #expect(try names(root + "/data").last == "ff")
            for path in ["", "/data", "/data/00", "/data/ff", "/keys", "/locks"] {
                #expect(try mode(root + path) == 0o700)
            }
            try await storage.createContainer()
        }
    }

    @Test(
        "objects are read-only and directories made on demand, as the config's group bit says",
        arguments: [false, true]
    )
    func modes(_ isGroupReadable: Bool) async throws {
        try await withStorage { storage, root in
            try await storage.put("config", ObjectBody([1]))
            #expect(try mode(root + "/config") == 0o400)
            if isGroupReadable {
                try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: root + "/config")
            }
            try await storage.put("new/er/object", ObjectBody([1]))
            try await storage.putStream("data/00/stream") { nil }
            #expect(try mode(root + "/new") == (isGroupReadable ? 0o750 : 0o700))
            #expect(try mode(root + "/new/er") == (isGroupReadable ? 0o750 : 0o700))
            #expect(try mode(root + "/new/er/object") == (isGroupReadable ? 0o440 : 0o400))
            #expect(try mode(root + "/data/00/stream") == (isGroupReadable ? 0o440 : 0o400))
        }
    }

    @Test("what a dead writer left is ignored, and a failed write leaves nothing")
    func leftovers() async throws {
        struct Broken: Error {}
        try await withStorage { storage, root in
            for name in ["abc-tmp-123", "-tmp-0", "abc-tmp-18446744073709551615"] {
                try Data([1]).write(to: URL(fileURLWithPath: "\(root)/index/\(name)"))
            }
            try await storage.put("index/abc", ObjectBody([1]))
            try await storage.put("index/abc-tmp-1x", ObjectBody([1]))
            #expect(Set(try await storage.listAll(prefix: "index/").map(\.key)) == ["index/abc", "index/abc-tmp-1x"])
            await #expect(throws: Broken.self) { try await storage.putStream("data/00/x") { throw Broken() } }
            #expect(try names(root + "/data/00") == [])
            let error = await #expect(throws: StorageError.self) {
                try await storage.put("index/a-tmp-1", ObjectBody([1]))
            }
            #expect(error?.code == .invalid)
        }
    }

    @Test("symbolic links below the root are never followed")
    func links() async throws {
        try await withStorage { storage, root in
            let manager = FileManager.default
            let outside = root + "/../outside"
            try manager.createDirectory(atPath: outside, withIntermediateDirectories: true)
            try Data([7]).write(to: URL(fileURLWithPath: outside + "/secret"))
            try manager.createSymbolicLink(atPath: root + "/linked", withDestinationPath: outside)
            try manager.createSymbolicLink(atPath: root + "/index/file", withDestinationPath: outside + "/secret")
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await storage.get("linked/secret") },
                { _ = try await storage.stat("linked/secret") },
                { try await storage.getStream("linked/secret", from: 0) { _ in } },
                { try await storage.put("linked/new", ObjectBody([1])) },
                { try await storage.put("linked/deeper/new", ObjectBody([1])) },
                { try await storage.delete("linked/secret") },
                { _ = try await storage.listAll(prefix: "linked/") },
                { _ = try await storage.listAll(prefix: "") },
                { _ = try await storage.get("index/file") },
                { _ = try await storage.listAll(prefix: "index/") },
            ]
            for (index, attempt) in attempts.enumerated() {
                let error = await #expect(throws: StorageError.self, "attempt \(index)") { try await attempt() }
                #expect(error?.code == .invalid, "attempt \(index)")
                #expect(error?.message.contains("symbolic link") == true, "attempt \(index)")
            }
            // Writing to the name of a link replaces the link, deleting it removes the link.
            try await storage.put("index/file", ObjectBody([9]))
            #expect(try await storage.get("index/file") == [9])
            try await storage.delete("linked")
            #expect(try names(outside) == ["secret"])
            #expect(manager.contents(atPath: outside + "/secret") == Data([7]))
        }
    }

    @Test("the root itself may be reached through a link")
    func linkedRoot() async throws {
        try await withStorage { storage, root in
            try await storage.put("config", ObjectBody([1]))
            try FileManager.default.createSymbolicLink(atPath: root + "-link", withDestinationPath: root)
            #expect(try await DirectoryStorage(root: root + "-link").get("config") == [1])
            #expect(try await DirectoryStorage(root: root + "-link/").get("config") == [1])
        }
    }

    @Test("things that are no files are neither objects nor waited for")
    func specialFiles() async throws {
        try await withStorage { storage, root in
            #expect(unsafe mkfifo(root + "/index/pipe", 0o600) == 0)
            let error = await #expect(throws: StorageError.self) { try await storage.get("index/pipe") }
            #expect(error?.code == .invalid)
            #expect(try await storage.listAll(prefix: "index/").isEmpty)
            for key in ["index", "data/00"] {
                let putError = await #expect(throws: StorageError.self) { try await storage.put(key, ObjectBody([1])) }
                #expect(putError?.code == .invalid)
                try await storage.delete(key)
            }
            #expect(try names(root).contains("index"))
        }
    }

    @Test("a root that does not exist, or is a file, is an error of its own")
    func missingRoot() async throws {
        try await withTemporaryDirectory { path in
            try Data().write(to: URL(fileURLWithPath: path + "/file"))
            for root in [path + "/missing", path + "/file"] {
                let storage = DirectoryStorage(root: root)
                let attempts: [@Sendable () async throws -> Void] = [
                    { _ = try await storage.get("a") }, { _ = try await storage.stat("a") },
                    { try await storage.put("a", ObjectBody([1])) }, { try await storage.putStream("a") { nil } },
                    { try await storage.delete("a") }, { _ = try await storage.listAll(prefix: "data/") },
                ]
                for (index, attempt) in attempts.enumerated() {
                    let error = await #expect(throws: StorageError.self, "attempt \(index)") { try await attempt() }
                    #expect(error?.code == .containerNotFound, "attempt \(index)")
                    #expect(error?.message.contains(root) == true)
                }
            }
            await #expect(throws: StorageError.self) {
                try await DirectoryStorage(root: path + "/file").createContainer()
            }
            #expect(!FileManager.default.fileExists(atPath: path + "/missing"))
        }
    }

    @Test("an object being replaced while it is read is read as it was")
    func replacedWhileRead() async throws {
        try await withStorage { storage, _ in
            let old = patternBytes(5 << 20, seed: 1)
            try await storage.put("object", ObjectBody(old))
            var received: [UInt8] = []
            try await storage.getStream("object", from: 0) { piece in
                if received.isEmpty { try await storage.put("object", ObjectBody([1])) }
                received.append(contentsOf: piece)
            }
            #expect(received == old)
            #expect(try await storage.get("object") == [1])
        }
    }

    @Test("only a known local filesystem shows every write at once")
    func listingLag() async throws {
        try await withStorage { storage, _ in #expect(storage.listingLag == .zero) }
        #expect(DirectoryStorage(root: "/proc").listingLag > .zero)
        #expect(DirectoryStorage(root: "/does/not/exist").listingLag > .zero)
    }
}
