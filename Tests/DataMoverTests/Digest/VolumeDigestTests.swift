// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ResticFormat
import TestSupport
import Testing
import VolumeIO

@Suite(.timeLimit(.minutes(2))) struct VolumeDigestTests {
    /// The volume of the example in the documentation.
    private func makeExample(at path: String) throws {
        let root = try OpenDirectory.open(path: path)
        let time = FileTime(seconds: 1_577_836_800, nanoseconds: 5)
        let name = try FileName("a")
        let file = try root.createFile(name, permissions: 0o640)
        try file.write(bytes("hello restic\n").span, at: 0)
        try file.setPermissions(0o640)
        try root.makeDirectory(FileName("d"))
        try root.setPermissions(0o2750, of: FileName("d"))
        try root.makeSymbolicLink(FileName("l"), target: bytes("a"))
        for name in ["a", "d", "l"] { try root.setTimes(accessed: time, modified: time, of: FileName(name)) }
    }

    private func digest(of path: String) async throws -> VolumeDigest {
        let reports = Reports()
        let digest = try await VolumeDigest.compute(
            ofDirectory: bytes(path),
            polynomial: testPolynomial(),
            observer: reports.observer
        )
        #expect(reports.all.isEmpty)
        return digest
    }

    @Test func `an empty directory has the documented digest`() async throws {
        try await withTemporaryDirectory { path in
            let hex = try await digest(of: path).hex
            #expect(hex == VolumeDigestVectors.empty)
        }
    }

    @Test(.enabled(if: isRoot)) func `the documented example has the documented digest`() async throws {
        try await withTemporaryDirectory { path in
            try makeExample(at: path)
            let hex = try await digest(of: path).hex
            #expect(hex == VolumeDigestVectors.example)
        }
    }

    @Test func `backup, trees and disk agree`() async throws {
        try await withTemporaryDirectory { path in
            try makeVariedTree(at: path)
            let sink = CollectingSink()
            let archiver = Archiver(sink: sink, polynomial: try testPolynomial())
            let result = try await archiver.archive([bytes(".")], workingDirectory: bytes(path))
            let onDisk = try await digest(of: path)
            #expect(result.digest == onDisk)
            let fromTrees = try await VolumeDigest.compute(ofTree: result.tree) { try sink.treeText($0) }
            #expect(fromTrees == onDisk)
        }
    }

    @Test func `a copy with other inodes has the same digest`() async throws {
        try await withTemporaryDirectory { path in
            for name in ["one", "two"] {
                try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
                try makeExample(at: path + "/" + name)
            }
            let (one, two) = (try await digest(of: path + "/one"), try await digest(of: path + "/two"))
            #expect(one == two)
        }
    }

    enum Change: CaseIterable {
        case content, name, mode, time, target, attribute, attributeName, attributeValue, owner, kind, addition, removal
    }

    @Test(arguments: Change.allCases) func `every change that matters changes the digest`(change: Change) async throws {
        try await withTemporaryDirectory { path in
            try makeExample(at: path)
            let root = try OpenDirectory.open(path: path)
            let (file, link) = (try FileName("a"), try FileName("l"))
            let old = ExtendedAttribute(name: bytes("user.old"), value: [1])
            if change == .attributeName || change == .attributeValue {
                guard (try? root.setExtendedAttribute(old, of: file)) != nil else { return }
            }
            let before = try await digest(of: path)
            let metadata = try root.metadata(of: file)
            let linkTime = try root.metadata(of: link).modified
            switch change {
            case .content:
                try root.openFileForWriting(file).write([0x48].span, at: 0)
                try root.setTimes(accessed: metadata.modified, modified: metadata.modified, of: file)
            case .name: try root.moveHere(FileName("b"), from: file, in: root)
            case .mode: try root.setPermissions(0o600, of: file)
            case .time:
                try root.setTimes(accessed: metadata.modified, modified: FileTime(seconds: 1, nanoseconds: 0), of: file)
            case .target:
                try root.removeFile(link)
                try root.makeSymbolicLink(link, target: bytes("d"))
                try root.setTimes(accessed: linkTime, modified: linkTime, of: link)
            case .attribute:
                let attribute = ExtendedAttribute(name: bytes("user.x"), value: [1])
                guard (try? root.setExtendedAttribute(attribute, of: file)) != nil else { return }
            case .attributeValue:
                try root.setExtendedAttribute(ExtendedAttribute(name: old.name, value: [2]), of: file)
            case .attributeName:
                try root.removeExtendedAttribute(old.name, of: file)
                try root.setExtendedAttribute(ExtendedAttribute(name: bytes("user.new"), value: [1]), of: file)
            case .owner:
                guard isRoot else { return }
                try root.setOwner(7, group: metadata.groupID, of: file)
            case .kind:
                try root.removeFile(file)
                try root.makePipe(file, permissions: 0o640)
                try root.setTimes(accessed: metadata.modified, modified: metadata.modified, of: file)
            case .addition: try root.makePipe(FileName("z"))
            case .removal: try root.removeEmptyDirectory(FileName("d"))
            }
            let after = try await digest(of: path)
            #expect(after != before)
        }
    }

    @Test func `what changes by itself does not change the digest`() async throws {
        try await withTemporaryDirectory { path in
            try makeExample(at: path)
            let before = try await digest(of: path)
            let root = try OpenDirectory.open(path: path)
            let name = try FileName("a")
            let metadata = try root.metadata(of: name)
            // Access time, change time, link count, and everything about the root itself.
            try root.setTimes(accessed: FileTime(seconds: 5, nanoseconds: 0), modified: metadata.modified, of: name)
            try root.makeHardLink(FileName("other"), to: name, in: root)
            try root.removeFile(FileName("other"))
            try root.setPermissions(0o755)
            let after = try await digest(of: path)
            #expect(after == before)
        }
    }
}

/// Values computed by an independent implementation of the documented encoding.
enum VolumeDigestVectors {
    static let empty = "a443fc8e69a7a1de3a2023375cfcdbaa1ef8ae04715a8969210fab8162c64636"
    static let example = "798628be8ed006df5d4fa4ebad8b1740df1eaa1dad1ab8de5accef5b16f2223b"
}
