// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite struct DirectoryListingTests {
    @Test func `names come back sorted bytewise, whatever bytes they hold`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            let names: [[UInt8]] = [
                Array("b".utf8), Array("a".utf8), Array("ab".utf8), Array("a.b".utf8), Array("Z".utf8), [0xff, 0x01],
                Array("longer than eight bytes 2".utf8), Array("longer than eight bytes 10".utf8), Array("é".utf8),
                Array("..hidden".utf8), Array("line\nbreak".utf8), [UInt8](repeating: 0x78, count: 255),
            ]
            for name in names { _ = try directory.createFile(FileName(name)) }
            let listing = try directory.entries()
            let listed = (0..<listing.count).map { listing.name(at: $0).bytes }
            #expect(listed == names.sorted { $0.lexicographicallyPrecedes($1) })
            for (index, name) in listed.enumerated() { #expect(try listing.index(of: FileName(name)) == index) }
            #expect(try listing.index(of: FileName("missing")) == nil)
        }
    }

    @Test func `kinds are told without a stat where the file system knows them`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            try directory.makeDirectory(FileName("d"))
            _ = try directory.createFile(FileName("f"))
            try directory.makePipe(FileName("p"))
            try directory.makeSymbolicLink(FileName("s"), target: Array("nowhere".utf8))
            let listing = try directory.entries()
            let kinds = (0..<listing.count).map { listing.kind(at: $0) }
            for (kind, expected) in zip(kinds, [FileKind.directory, .regular, .pipe, .symbolicLink]) {
                #expect(kind == nil || kind == expected)
            }
        }
    }

    @Test func `an empty directory lists nothing`() async throws {
        try await withTemporaryDirectory { path in
            let listing = try OpenDirectory.open(path: path).entries()
            #expect(listing.count == 0)
        }
    }

    @Test func `a directory of many entries needs several reads`() async throws {
        try await withTemporaryDirectory { path in
            let directory = try OpenDirectory.open(path: path)
            for number in 0..<5000 { _ = try directory.createFile(FileName("entry number \(number)")) }
            let listing = try directory.entries()
            #expect(listing.count == 5000)
            #expect((1..<5000).allSatisfy { listing.name(at: $0 - 1) < listing.name(at: $0) })
            #expect(try directory.entries().count == 5000)
        }
    }

    @Test(arguments: ["", ".", "..", "a/b", "/", "nul\0inside"])
    func `what cannot name an entry is refused`(text: String) {
        #expect(throws: FileSystemError.self) { try FileName(text) }
    }
}
