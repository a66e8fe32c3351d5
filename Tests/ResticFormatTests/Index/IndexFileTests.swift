// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Testing

@testable import ResticFormat

@Suite("IndexFile")
struct IndexFileTests {
    private static let dataPack = "6ea2a6866b7499abae5e1f739dcd2d6b8ff0449e059c177e3bf4bcab820dbdf7"
    private static let treePack = "a8d71cffd38e041f80bc281e54f7c8f753496db6f55d98a6e0ae6559c110cc96"
    private static let hello = "fbbd69198637d5360353c39796181175de6311c2a61abe2fe6392c938018660f"
    private static let digits = "9cfe7faff7054298ca87557e15a10262de8d3eee77827417fbdfea1c41b9ec23"
    private static let tree = "bcd901d527d935fd8b474dd7af9dbd0c857b66a317174aa0b3d6b0520ee70f65"

    private static let text =
        #"{"packs":[{"id":"\#(dataPack)","blobs":[{"id":"\#(hello)","type":"data","offset":0,"length":45},"#
        + #"{"id":"\#(digits)","type":"data","offset":45,"length":141,"uncompressed_length":100}]},"#
        + #"{"id":"\#(treePack)","blobs":[{"id":"\#(tree)","type":"tree","offset":0,"length":348}]}]}"# + "\n"

    private func entries(_ text: String) throws -> (IndexFile.Contents, [String], [(BlobID, BlobLocation)]) {
        var packs: [String] = []
        var blobs: [(BlobID, BlobLocation)] = []
        let contents = try IndexFile.decode(
            Array(text.utf8),
            onPack: { packs.append($0.hex) },
            onBlob: { blobs.append(($0, $1)) }
        )
        return (contents, packs, blobs)
    }

    @Test("writes the index of the fixture repository")
    func encode() throws {
        var encoder = IndexEncoder()
        encoder.beginPack(try #require(PackID(hex: Self.dataPack)))
        let ids = try [Self.hello, Self.digits, Self.tree].map { try #require(BlobID(hex: $0)) }
        encoder.append(ids[0], kind: .data, offset: 0, storedLength: 45, uncompressedLength: 0)
        encoder.append(ids[1], kind: .data, offset: 45, storedLength: 141, uncompressedLength: 100)
        encoder.beginPack(try #require(PackID(hex: Self.treePack)))
        encoder.append(ids[2], kind: .tree, offset: 0, storedLength: 348, uncompressedLength: 0)
        #expect(encoder.packCount == 2)
        #expect(encoder.blobCount == 3)
        #expect(!encoder.isFull)
        #expect(String(decoding: encoder.finish(), as: UTF8.self) == Self.text)
        #expect(String(decoding: IndexEncoder().finish(), as: UTF8.self) == "{\"packs\":[]}\n")
    }

    @Test("hands out every entry")
    func decode() throws {
        let (contents, packs, blobs) = try entries(Self.text)
        #expect(contents == IndexFile.Contents(packCount: 2, blobCount: 3, supersedes: []))
        #expect(packs == [Self.dataPack, Self.treePack])
        #expect(blobs.map(\.0.hex) == [Self.hello, Self.digits, Self.tree])
        #expect(blobs.map(\.1.pack.hex) == [Self.dataPack, Self.dataPack, Self.treePack])
        #expect(blobs.map(\.1.offset) == [0, 45, 0])
        #expect(blobs.map(\.1.storedLength) == [45, 141, 348])
        #expect(blobs.map(\.1.uncompressedLength) == [0, 100, 0])
        #expect(blobs.map(\.1.plaintextLength) == [13, 100, 316])
        #expect(blobs.map(\.1.kind) == [.data, .data, .tree])
    }

    @Test("tolerates any order of members and those of rustic")
    func tolerant() throws {
        let text =
            #"{"packs_to_delete":[{"id":"\#(Self.treePack)","blobs":[],"time":"x"}],"supersedes":["\#(Self.tree)"],"#
            + #""packs":[{"time":"x","size":3,"blobs":[{"length":45,"offset":1,"type":"data","id":"\#(Self.hello)","z":{}}],"#
            + #""id":"\#(Self.dataPack)"},{"id":"\#(Self.treePack)","blobs":null}]}"#
        let (contents, packs, blobs) = try entries(text)
        #expect(contents.supersedes.map(\.hex) == [Self.tree])
        #expect(contents.packCount == 2)
        #expect(packs == [Self.dataPack, Self.treePack])
        #expect(blobs.map(\.1.pack.hex) == [Self.dataPack])
        #expect(try entries("{}").0.blobCount == 0)
        #expect(try entries(#"{"packs":null}"#).0.packCount == 0)
    }

    @Test(
        "refuses entries that break the format",
        arguments: [
            (#""type":"data","#, ""), (#""type":"tree""#, #""type":"leaf""#),
            (#""offset":45"#, #""offset":4294967295"#),
            (#""offset":45"#, #""offset":-1"#), (#""length":141"#, #""length":1e3"#),
            (#""length":141"#, #""length":4294967296"#),
            (hello, String(hello.dropLast())), (#"{"id":"\#(treePack)","#, "{"), ("\n", "x"),
            ("{\"packs\"", "[{\"packs\""),
        ]
    )
    func refuses(old: String, new: String) {
        let parts = Self.text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        let damaged = parts.joined(separator: new)
        #expect(damaged != Self.text)
        #expect(throws: FormatError.self) { try entries(damaged) }
    }
}
