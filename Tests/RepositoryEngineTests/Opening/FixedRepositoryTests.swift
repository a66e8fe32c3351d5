// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

/// The eight files of a repository made with fixed keys and initialization vectors; real restic accepts the very same bytes.
@Suite("Fixed repository")
struct FixedRepositoryTests {
    private static let greeting = Array("hello restic\n".utf8)
    private static let digits = Array(String(repeating: "0123456789", count: 10).utf8)

    private static func vector(_ byte: UInt64) -> InitializationVector {
        let word = byte &* 0x0101_0101_0101_0101
        return InitializationVector(high: word, low: word)
    }

    private static func entry(
        _ kind: BlobKind,
        _ plaintext: [UInt8],
        _ offset: UInt32,
        _ stored: UInt32,
        _ full: UInt32
    )
        -> PackEntry
    {
        let id = BlobID(SHA256.digest(plaintext.span))
        return PackEntry(kind: kind, id: id, offset: offset, storedLength: stored, uncompressedLength: full)
    }

    /// Stores everything and returns the tree's id.
    private func fill(_ storage: MemoryStorage) async throws -> BlobID {
        let master = (0..<64).map { UInt8($0) }
        let key = try CipherKey(bytes: master.span)
        let cipher = try MessageCipher(key: key)
        func put(_ name: (String) -> String, _ bytes: [UInt8]) async throws {
            try await storage.put(name(SHA256.digest(bytes.span).hex), ObjectBody(bytes))
        }
        let password = Array("fixture-password".utf8)
        let keyFile = try KeyFile.sealing(
            key,
            password: password.span,
            parameters: .cheap,
            origin: .init(created: Timestamp(seconds: 1_577_934_245), username: "u", hostname: "h"),
            salt: master,
            iv: .init(high: 0x4041_4243_4445_4647, low: 0x4849_4a4b_4c4d_4e4f)
        )
        try await put({ "keys/\($0)" }, keyFile.json())
        let config = RepositoryConfig(
            version: .v2,
            id: try #require(RepositoryID(hex: String(repeating: "ab", count: 32))),
            polynomial: try Polynomial(hex: "3da3358b4dc173")
        )
        let iv = InitializationVector(high: 0x5051_5253_5455_5657, low: 0x5859_5a5b_5c5d_5e5f)
        try await storage.put("config", ObjectBody(config.file(cipher: cipher, iv: iv)))

        let frame = [UInt8](hex: "28b52ffd2064210300") + Self.digits
        var dataPack: [UInt8] = []
        cipher.seal(Self.greeting.span, iv: Self.vector(1), appendingTo: &dataPack)
        cipher.seal(frame.span, iv: Self.vector(2), appendingTo: &dataPack)
        let dataEntries = [
            Self.entry(.data, Self.greeting, 0, 45, 0), Self.entry(.data, Self.digits, 45, 141, 100),
        ]
        PackHeader.append(dataEntries, to: &dataPack, cipher: cipher, iv: Self.vector(3))

        var encoder = TreeEncoder()
        var node = Node.file("a", size: 113, content: dataEntries.map(\.id))
        node.mode = NodeMode(rawValue: 420)
        try encoder.append(node)
        let tree = encoder.finish()
        var treePack: [UInt8] = []
        cipher.seal(tree.span, iv: Self.vector(4), appendingTo: &treePack)
        let treeEntries = [Self.entry(.tree, tree, 0, 348, 0)]
        PackHeader.append(treeEntries, to: &treePack, cipher: cipher, iv: Self.vector(5))

        var index = IndexEncoder()
        for (pack, entries) in [(dataPack, dataEntries), (treePack, treeEntries)] {
            try await put({ "data/\($0.prefix(2))/\($0)" }, pack)
            index.beginPack(PackID(SHA256.digest(pack.span)))
            for entry in entries {
                index.append(
                    entry.id,
                    kind: entry.kind,
                    offset: entry.offset,
                    storedLength: entry.storedLength,
                    uncompressedLength: entry.uncompressedLength
                )
            }
        }
        let treeID = try #require(treeEntries.first).id
        let snapshot = Snapshot(time: Timestamp(seconds: 1_577_836_800), tree: treeID, paths: ["/k"])
        for (folder, json, byte) in [("index", index.finish(), 6 as UInt64), ("snapshots", snapshot.encode(), 7)] {
            var file: [UInt8] = []
            try UnpackedFile.append(json.span, to: &file, compressor: nil, cipher: cipher, iv: Self.vector(byte))
            try await put({ "\(folder)/\($0)" }, file)
        }
        return treeID
    }

    @Test("it has the known names, opens, and every byte of it is read")
    func opensAndReads() async throws {
        let storage = MemoryStorage()
        let treeID = try await fill(storage)
        let names = try await storage.listAll(prefix: "").map(\.key).sorted()
        #expect(
            names == [
                "config",
                "data/6e/6ea2a6866b7499abae5e1f739dcd2d6b8ff0449e059c177e3bf4bcab820dbdf7",
                "data/a8/a8d71cffd38e041f80bc281e54f7c8f753496db6f55d98a6e0ae6559c110cc96",
                "index/3f7e46c720b30b996f6d9abba81f66e3f6577871d60c5cd766b7066d585dc673",
                "keys/b80c7635ab6392e2cfb8d27abe18b58b23fde2d0b4b0c39fab549aa5f1410bc1",
                "snapshots/311998a7ac58ea9fc692d95a86797b3788cd069745d3333ed083060cfab45387",
            ]
        )
        let repository = try await Repository.open(on: storage, password: RepositoryPassword("fixture-password"))
        let stored = try await repository.resolveSnapshot("311998a7")
        #expect(stored.snapshot.tree == treeID)
        try await repository.loadIndex()
        #expect(repository.index.blobCount == 3 && repository.index.packCount == 2)
        let nodes = try await repository.readTree(treeID)
        var content: [UInt8] = []
        for blob in try #require(nodes.first?.content) { content += try await repository.readBlob(.data, blob) }
        #expect(content == Self.greeting + Self.digits)
    }
}
