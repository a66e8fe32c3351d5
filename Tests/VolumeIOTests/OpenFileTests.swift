// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite struct OpenFileTests {
    @Test(arguments: [0, 1, 4095, 4096, 100_000])
    func `what is written is read back, whole or in parts`(byteCount: Int) async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let content = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let file = try directory.createFile(FileName("f"))
            try file.write(content.span, at: 0)
            let reader = try directory.openFile(FileName("f"))
            var whole: [UInt8] = [9]
            #expect(try reader.readWhole(into: &whole, expectedByteCount: byteCount) == byteCount)
            #expect(whole == [9] + content)
            var part: [UInt8] = []
            let expected = min(1000, byteCount - byteCount / 2)
            #expect(try reader.read(into: &part, byteCount: 1000, at: byteCount / 2) == expected)
            #expect(part == Array(content[(byteCount / 2)...].prefix(1000)))
        }
    }

    @Test func `a file that grew is noticed by one byte too many`() async throws {
        try await withTemporaryDirectory { path in
            try write([UInt8](repeating: 7, count: 100), to: path + "/f")
            let file = try OpenDirectory.open(path: path).openFile(FileName("f"))
            var buffer: [UInt8] = []
            #expect(try file.readWhole(into: &buffer, expectedByteCount: 50) == 51)
            buffer.removeAll()
            #expect(try file.readWhole(into: &buffer, expectedByteCount: 200) == 100)
        }
    }

    @Test func `holes are told apart from data`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let file = try directory.createFile(FileName("sparse"))
            let megabyte = 1 << 20
            let data = [UInt8](repeating: 1, count: 4096)
            try file.truncate(to: 10 * megabyte)
            try file.write(data.span, at: 4 * megabyte)
            let metadata = try file.metadata()
            #expect(metadata.byteCount == 10 * megabyte)
            let extent = try #require(try file.nextDataExtent(after: 0, fileByteCount: metadata.byteCount))
            // A file system without hole support reports one extent for all.
            if metadata.mayHaveHoles, extent != 0..<metadata.byteCount {
                #expect(extent.lowerBound <= 4 * megabyte && extent.upperBound >= 4 * megabyte + 4096)
                #expect(try file.nextDataExtent(after: extent.upperBound, fileByteCount: metadata.byteCount) == nil)
                if try file.punchHole((4 * megabyte)..<(4 * megabyte + 4096)) {
                    #expect(try file.nextDataExtent(after: 0, fileByteCount: metadata.byteCount) == nil)
                }
            }
            #expect(try file.nextDataExtent(after: metadata.byteCount, fileByteCount: metadata.byteCount) == nil)
        }
    }

    @Test func `metadata set is metadata read`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let name = try FileName("f")
            let file = try directory.createFile(name)
            let accessed = FileTime(seconds: -2, nanoseconds: 500_000_000)
            let modified = FileTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
            if isRoot { try file.setOwner(1234, group: 4321) }
            try file.setPermissions(0o4751)
            try file.setTimes(accessed: accessed, modified: modified)
            var metadata = try directory.metadata(of: name)
            #expect(metadata.permissions == 0o4751)
            #expect(metadata.accessed == accessed && metadata.modified == modified)
            if isRoot { #expect(metadata.ownerID == 1234 && metadata.groupID == 4321) }
            #expect(metadata.kind == .regular && metadata.linkCount == 1)

            try directory.setPermissions(0o640, of: name)
            try directory.setTimes(accessed: modified, modified: accessed, of: name)
            try directory.makeHardLink(FileName("second"), to: name, in: directory)
            metadata = try directory.metadata(of: FileName("second"))
            #expect(metadata.permissions == 0o640 && metadata.modified == accessed && metadata.linkCount == 2)

            try directory.makeSymbolicLink(FileName("link"), target: Array("f".utf8))
            try directory.setTimes(accessed: modified, modified: modified, of: FileName("link"))
            #expect(try directory.metadata(of: FileName("link")).modified == modified)
            #expect(try directory.metadata(of: name).modified == accessed)
            let error = #expect(throws: FileSystemError.self) {
                try directory.setPermissions(0o777, of: FileName("link"))
            }
            #expect(error?.code == .symbolicLink)
        }
    }

    @Test(.enabled(if: isRoot)) func `device nodes keep kind and number`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            try directory.makeDevice(FileName("block"), isBlock: true, device: 1792)
            try directory.makeDevice(FileName("char"), isBlock: false, device: 259)
            let block = try directory.metadata(of: FileName("block"))
            let character = try directory.metadata(of: FileName("char"))
            #expect(block.kind == .blockDevice && block.representedDevice == 1792)
            #expect(character.kind == .characterDevice && character.representedDevice == 259)
        }
    }

    @Test func `extended attributes go through descriptor and name alike, and stay on the link itself`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let name = try FileName("f")
            let file = try directory.createFile(name)
            let small = ExtendedAttribute(name: Array("user.small".utf8), value: [0, 255, 1])
            let large = ExtendedAttribute(
                name: Array("user.large".utf8),
                value: [UInt8](repeating: 5, count: 3000)
            )
            let empty = ExtendedAttribute(name: Array("user.empty".utf8), value: [])
            do {
                try file.setExtendedAttribute(small)
            } catch let error as FileSystemError where error.code == .notSupported {
                return
            }
            try directory.setExtendedAttribute(large, of: name)
            try directory.setExtendedAttribute(empty, of: name)
            let own = Set([small, large, empty])
            #expect(Set(file.extendedAttributes().attributes).isSuperset(of: own))
            #expect(directory.extendedAttributes(of: name).attributes == file.extendedAttributes().attributes)
            try directory.removeExtendedAttribute(large.name, of: name)
            try file.removeExtendedAttribute(empty.name)
            #expect(!directory.extendedAttributes(of: name).attributes.contains(large))
            let error = #expect(throws: FileSystemError.self) { try file.removeExtendedAttribute(large.name) }
            #expect(error?.code == .noAttribute)

            try directory.makeSymbolicLink(FileName("link"), target: Array("f".utf8))
            #expect(!directory.extendedAttributes(of: try FileName("link")).attributes.contains(small))
            if isRoot {
                let trusted = ExtendedAttribute(name: Array("trusted.t".utf8), value: [1])
                try directory.setExtendedAttribute(trusted, of: FileName("link"))
                #expect(directory.extendedAttributes(of: try FileName("link")).attributes.contains(trusted))
                #expect(!file.extendedAttributes().attributes.contains(trusted))
            }
            try directory.setExtendedAttribute(small)
            #expect(directory.extendedAttributes().attributes.contains(small))
            try directory.removeExtendedAttribute(small.name)
        }
    }

    @Test func `owner names are those of the system`() {
        let names = OwnerNames()
        #expect(names.user(0) == "root")
        #expect(names.group(0) == "root")
        #expect(names.user(4_000_000_000).isEmpty)
        #expect(names.user(4_000_000_000).isEmpty)
    }

    @Test func `owner numbers are those of the system`() {
        let numbers = OwnerNumbers()
        #expect(numbers.user("root") == 0)
        #expect(numbers.group("root") == 0)
        #expect(numbers.user("nobody called this") == nil)
        #expect(numbers.user("nobody called this") == nil)
        #expect(numbers.group("") == nil)
    }
}
