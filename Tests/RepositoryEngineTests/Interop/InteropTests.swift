// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Foundation
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

/// What repository, what program.
struct InteropCase: Sendable, CustomTestStringConvertible {
    var version: RepositoryVersion
    var release: ResticProgram.Release

    static let all = RepositoryVersion.allCases.flatMap { version in
        ResticProgram.Release.allCases.map { InteropCase(version: version, release: $0) }
    }

    var testDescription: String { "format \(version.rawValue), \(release.rawValue) restic" }
}

extension Node {
    /// A regular file with this content.
    static func file(_ name: String, size: Int, content: [BlobID]) -> Node {
        let time = Timestamp(seconds: 1_577_836_800)
        var node = Node(name: Array(name.utf8), kind: .file, mode: NodeMode(posix: 0o100644), modificationTime: time)
        node.accessTime = time
        node.changeTime = time
        node.size = UInt64(size)
        node.content = content
        return node
    }
}

extension Repository {
    /// Saves a snapshot whose root holds the given files, each stored as chunks of at most 1 MB.
    func saveTestSnapshot(_ files: [String: [UInt8]], lock: Bool = false) async throws -> SnapshotID {
        let tree = try await withBlobWriter { writer in
            var encoder = TreeEncoder()
            for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
                var content: [BlobID] = []
                for start in stride(from: 0, to: bytes.count, by: 1_000_000) {
                    let chunk = Array(bytes[start..<min(bytes.count, start + 1_000_000)])
                    content.append(try writer.save(.data, chunk).id)
                    try await writer.waitForCapacity()
                }
                try encoder.append(.file(name, size: bytes.count, content: content))
            }
            return try writer.save(.tree, encoder.finish()).id
        }
        var snapshot = Snapshot(time: Timestamp(seconds: 1_577_836_800), tree: tree, paths: ["/data"])
        snapshot.hostname = "h"
        return try await saveSnapshot(snapshot)
    }
}

@Suite("Interoperation with restic", .tags(.integration), .timeLimit(.minutes(5)))
struct InteropTests {
    private static var files: [String: [UInt8]] {
        var generator = SplitMixGenerator(seed: 4)
        return [
            "empty": [],
            "random": generator.bytes(5_000_000),
            "small": Array("hello restic\n".utf8),
            "text": Array(String(repeating: "All work and no play. ", count: 200_000).utf8),
            "zeros": [UInt8](repeating: 0, count: 3_000_000),
        ]
    }

    @Test("restic checks and restores what is written here", arguments: InteropCase.all)
    func resticReads(_ interop: InteropCase) async throws {
        let restic = try requireRestic(interop.release)
        try await withTemporaryDirectory { directory in
            let path = directory + "/repo"
            var options = InitializeOptions.testing(version: interop.version)
            options.open.packTargetByteCount = 4 << 20
            let repository = try await Repository.initialize(
                on: DirectoryStorage(root: path),
                password: testPassword,
                options: options
            )
            let snapshot = try await repository.withLock(.shared) { _ in
                try await repository.saveTestSnapshot(Self.files)
            }
            _ = try await repository.addKey(password: RepositoryPassword("second"), parameters: .cheap)
            try restic.run(repository: path, ["check", "--read-data"])
            try restic.run(repository: path, ["restore", snapshot.hex, "--target", directory + "/out"])
            for (name, bytes) in Self.files {
                #expect(FileManager.default.contents(atPath: "\(directory)/out/\(name)").map(Array.init) == bytes)
            }
            let locks = try restic.run(repository: path, ["list", "locks", "--no-lock"])
            #expect(locks == "")
            let keys = try await repository.listKeys()
            #expect(keys.count == 2 && keys.filter(\.isCurrent).count == 1)
        }
    }

    @Test("what restic writes is read here", arguments: InteropCase.all)
    func readsRestic(_ interop: InteropCase) async throws {
        let restic = try requireRestic(interop.release)
        try await withTemporaryDirectory { directory in
            let path = directory + "/repo"
            let source = directory + "/source"
            try FileManager.default.createDirectory(atPath: source + "/sub", withIntermediateDirectories: true)
            for (name, bytes) in Self.files {
                try Data(bytes).write(to: URL(fileURLWithPath: "\(source)/sub/\(name)"))
            }
            try restic.run(repository: path, ["init", "--repository-version", "\(interop.version.rawValue)"])
            try restic.run(repository: path, ["backup", "--tag", "one,two", "--host", "h", "sub"], directory: source)
            let repository = try await Repository.open(on: DirectoryStorage(root: path), password: testPassword)
            #expect(repository.config.version == interop.version)
            let stored = try await repository.resolveSnapshot("latest", filter: SnapshotFilter(hosts: ["h"]))
            #expect(stored.snapshot.tags == ["one", "two"])
            try await repository.loadIndex()
            let root = try await repository.readTree(stored.snapshot.tree)
            let subtree = try #require(root.first?.subtree)
            var seen = 0
            for node in try await repository.readTree(subtree) {
                var bytes: [UInt8] = []
                for blob in node.content ?? [] { bytes += try await repository.readBlob(.data, blob) }
                #expect(Self.files[String(decoding: node.name, as: UTF8.self)] == bytes)
                seen += 1
            }
            #expect(seen == Self.files.count)
        }
    }

    @Test("both write into one repository by turns", arguments: InteropCase.all)
    func mixed(_ interop: InteropCase) async throws {
        let restic = try requireRestic(interop.release)
        try await withTemporaryDirectory { directory in
            let path = directory + "/repo"
            try restic.run(repository: path, ["init", "--repository-version", "\(interop.version.rawValue)"])
            let repository = try await Repository.open(on: DirectoryStorage(root: path), password: testPassword)
            _ = try await repository.saveTestSnapshot(Self.files)
            try Data(Self.files["random"] ?? []).write(to: URL(fileURLWithPath: directory + "/random"))
            try restic.run(repository: path, ["backup", "random"], directory: directory)
            try await repository.loadIndex()
            _ = try await repository.saveTestSnapshot(["small": Array("other".utf8)])
            try restic.run(repository: path, ["check", "--read-data"])
            try restic.run(repository: path, ["forget", "--keep-last", "1", "--group-by", "", "--prune"])
            try restic.run(repository: path, ["check", "--read-data"])
            try await repository.loadIndex()
            let snapshots = try await repository.loadSnapshots()
            #expect(snapshots.count == 1)
            _ = try await repository.readTree(try #require(snapshots.first).snapshot.tree)
        }
    }

    @Test("locks of each keep the other out", arguments: ResticProgram.Release.allCases)
    func locks(_ release: ResticProgram.Release) async throws {
        let restic = try requireRestic(release)
        try await withTemporaryDirectory { directory in
            let path = directory + "/repo"
            let repository = try await Repository.initialize(
                on: DirectoryStorage(root: path),
                password: testPassword,
                options: .testing()
            )
            try await repository.withLock(.shared) { held in
                let check = try restic.attempt(repository: path, ["check"])
                #expect(check.status != 0)
                let locks = try restic.run(repository: path, ["list", "locks", "--no-lock"])
                #expect(locks.contains(held.id.hex))
                try restic.run(repository: path, ["list", "snapshots"])
            }
            try await repository.withLock(.exclusive) { _ in
                let list = try restic.attempt(repository: path, ["list", "snapshots"])
                #expect(list.status != 0)
            }
            try restic.run(repository: path, ["check"])
        }
    }
}
