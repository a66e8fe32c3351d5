// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite("Mounts inside of a directory", .timeLimit(.minutes(1)))
struct MountTests {
    private func withMounts(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            let manager = FileManager.default
            for path in ["outside", "volume/own/mounted"] {
                try manager.createDirectory(atPath: root + "/" + path, withIntermediateDirectories: true)
            }
            for path in ["outside/secret", "volume/file", "volume/own/file"] {
                try Data("x".utf8).write(to: URL(fileURLWithPath: root + "/" + path))
            }
            let mounts = try await PrivateMounts([
                (root + "/outside", root + "/volume/own/mounted"), (root + "/outside/secret", root + "/volume/file"),
            ])
            defer { mounts.end() }
            try await body(mounts.root + root + "/volume")
        }
    }

    /// Checks how something fails; nil for not at all.
    private func expect(
        _ expected: FileSystemError.Code?,
        at location: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        var code: FileSystemError.Code?
        do {
            try body()
        } catch {
            code = (error as? FileSystemError)?.code ?? .other
        }
        #expect(code == expected, sourceLocation: location)
    }

    @Test func `they are out of reach of a directory that stays on its mount, and of all beneath it`() async throws {
        try await withMounts { path in
            let volume = try OpenDirectory.open(path: path).stayingOnMount()
            let (own, mounted, file) = (try FileName("own"), try FileName("mounted"), try FileName("file"))
            expect(.crossesBoundary) { _ = try volume.openFile(file) }
            expect(.crossesBoundary) { _ = try volume.openFileForWriting(file) }
            expect(.crossesBoundary) { _ = try volume.openDirectory(beneath: [own, mounted]) }
            let directory = try volume.openDirectory(own)
            expect(.crossesBoundary) { _ = try directory.openDirectory(mounted) }
            expect(nil) { _ = try directory.openFile(file) }
            let again = try volume.duplicate()
            expect(.crossesBoundary) { _ = try again.openFile(file) }
            expect(.crossesBoundary) { try directory.removeRecursively(mounted) }
            expect(nil) { _ = try directory.createFile(try FileName("new")) }
        }
    }

    @Test func `others are followed as ever`() async throws {
        try await withMounts { path in
            let volume = try OpenDirectory.open(path: path)
            let names = [try FileName("own"), try FileName("mounted")]
            let mounted = try volume.openDirectory(beneath: names)
            expect(nil) { _ = try mounted.openFile(try FileName("secret")) }
            expect(nil) { _ = try volume.openFile(try FileName("file")) }
        }
    }
}
