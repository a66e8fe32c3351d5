// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite struct OpenDirectoryTests {
    @Test func `a symbolic link is never opened, neither as file nor as directory`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            try directory.makeDirectory(FileName("real"))
            try write([1], to: path + "/file")
            try directory.makeSymbolicLink(FileName("to-directory"), target: Array("real".utf8))
            try directory.makeSymbolicLink(FileName("to-file"), target: Array("file".utf8))
            for name in ["to-directory", "to-file"] {
                let fileError = #expect(throws: FileSystemError.self) { _ = try directory.openFile(FileName(name)) }
                #expect(fileError?.code == .symbolicLink)
                let directoryError = #expect(throws: FileSystemError.self) {
                    _ = try directory.openDirectory(FileName(name))
                }
                #expect(directoryError?.code == .symbolicLink || directoryError?.code == .notDirectory)
            }
            #expect(try directory.metadata(of: FileName("to-file")).kind == .symbolicLink)
            #expect(try directory.readLink(FileName("to-file")) == Array("file".utf8))
        }
    }

    @Test func `a long link target comes back whole`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let target = [UInt8](repeating: 0xfe, count: 3000)
            try directory.makeSymbolicLink(FileName("link"), target: target)
            #expect(try directory.readLink(FileName("link")) == target)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `opening a pipe that took a file's place does not wait for a writer`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            try directory.makePipe(FileName("pipe"))
            let file = try directory.openFile(FileName("pipe"))
            #expect(try file.metadata().kind == .pipe)
        }
    }

    @Test func `an error names operation, file, reason and remedy`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let error = #expect(throws: FileSystemError.self) { _ = try directory.openFile(FileName("missing")) }
            #expect(error?.code == .notFound)
            #expect(error?.at(Array("/v/missing".utf8)).message == "open /v/missing: No such file or directory")
            let denied = FileSystemError(.denied, .open, number: EACCES, path: Array("/v/x".utf8))
            #expect(denied.message.hasPrefix("open /v/x: Permission denied; run as root or with CAP_DAC_READ_SEARCH"))
        }
    }

    @Test func `a path beneath a root never leaves it through a link`() async throws {
        try await withTemporaryDirectory { path in
            try FileManager.default.createDirectory(atPath: path + "/root/a/b/c", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: path + "/outside/c", withIntermediateDirectories: true)
            let root = try OpenDirectory.open(path: path + "/root")
            let names = try ["a", "b", "c"].map { try FileName($0) }
            let inode = try root.openDirectory(beneath: names).metadata().inode
            #expect(try OpenDirectory.open(path: path + "/root/a/b/c").metadata().inode == inode)
            #expect(try root.openDirectory(beneath: []).metadata() == root.metadata())
            try FileManager.default.removeItem(atPath: path + "/root/a/b")
            try root.openDirectory(FileName("a")).makeSymbolicLink(
                FileName("b"),
                target: Array((path + "/outside").utf8)
            )
            #expect(throws: FileSystemError.self) { _ = try root.openDirectory(beneath: names) }
        }
    }

    @Test func `a tree of links, pipes and directories is removed without touching what links point at`() async throws {
        try await withTemporaryDirectory { path in
            try FileManager.default.createDirectory(atPath: path + "/gone/a/b", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: path + "/kept", withIntermediateDirectories: true)
            try write([1, 2, 3], to: path + "/kept/file")
            let directory = try OpenDirectory.open(path: path)
            let gone = try directory.openDirectory(FileName("gone"))
            try gone.makeSymbolicLink(FileName("link"), target: Array("../kept".utf8))
            try gone.makePipe(FileName("pipe"))
            try write([1], to: path + "/gone/a/b/file")
            try directory.removeRecursively(FileName("gone"))
            try directory.removeRecursively(FileName("gone"))
            let listing = try directory.entries()
            #expect((0..<listing.count).map { listing.name(at: $0).description } == ["kept"])
            #expect(FileManager.default.contents(atPath: path + "/kept/file") == Data([1, 2, 3]))
        }
    }

    @Test func `a tree of any depth is removed`() async throws {
        try await withTemporaryDirectory { path in
            let root = try OpenDirectory.open(path: path)
            var directory = SharedDirectory(try OpenDirectory.open(path: path))
            for _ in 0..<400 {
                try directory.directory.makeDirectory(FileName("d"), permissions: 0o755)
                _ = try directory.directory.createFile(FileName("file"))
                directory = SharedDirectory(try directory.directory.openDirectory(FileName("d")))
            }
            try root.removeRecursively(FileName("d"))
            let listing = try root.entries()
            #expect((0..<listing.count).map { listing.name(at: $0).description } == ["file"])
        }
    }
}
