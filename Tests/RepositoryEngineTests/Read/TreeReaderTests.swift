// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("TreeReader", .timeLimit(.minutes(3)))
struct TreeReaderTests {
    /// A tree with long and mixed names, about 300 bytes a node.
    private func text(nodeCount: Int) throws -> [UInt8] {
        var generator = SplitMixGenerator(seed: 5)
        var encoder = TreeEncoder()
        for index in 0..<nodeCount {
            let digits = String(index)
            let name = String(repeating: "0", count: 8 - digits.count) + digits + "\u{e9}\"\\{["
            var node = Node(
                name: Array(name.utf8),
                kind: .file,
                mode: NodeMode(posix: 0o100644),
                modificationTime: Timestamp(seconds: Int64(generator.next() >> 34))
            )
            node.inode = generator.next()
            node.content = []
            try encoder.append(node)
        }
        return encoder.finish()
    }

    private func save(_ text: [UInt8], version: RepositoryVersion = .v2) async throws -> (MemoryStorage, BlobID) {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(
            on: storage,
            password: testPassword,
            options: .testing(version: version)
        )
        let id = try await repository.withBlobWriter { try $0.save(.tree, text).id }
        return (storage, id)
    }

    private func open(_ storage: any ObjectStorage) async throws -> Repository {
        let repository = try await Repository.open(on: storage, password: testPassword)
        try await repository.loadIndex()
        return repository
    }

    @Test("a large tree is read in a fraction of its text", arguments: RepositoryVersion.allCases)
    func bounded(version: RepositoryVersion) async throws {
        let text = try text(nodeCount: 60_000)
        #expect(text.count > 11 << 20)
        let (storage, id) = try await save(text, version: version)
        let repository = try await open(storage)
        let stored = try #require(repository.index.location(of: .tree, id)).blob
        let reader = try await repository.openTree(id)
        var expected = try TreeDecoder(text)
        var largest = reader.heldByteCount
        var count = 0
        while let node = try reader.next() {
            let same = try expected.next()
            if node != same { Issue.record("node \(count) differs") }
            count += 1
            largest = max(largest, reader.heldByteCount)
        }
        #expect(count == 60_000)
        #expect(reader.heldByteCount == 0, "nothing is kept after the last node")
        // Format 1 stores trees uncompressed; there the sealed blob is the text.
        if version == .v1 { return }
        #expect(largest < Int(stored.storedLength) + (4 << 20), "\(largest) bytes for \(stored.storedLength) stored")
        #expect(largest < text.count / 2)
    }

    @Test("small trees, and those read lately, are read whole")
    func small() async throws {
        let text = try text(nodeCount: 3)
        let (storage, id) = try await save(text)
        let reader = try await open(storage).openTree(id)
        #expect(reader.heldByteCount == text.count)
        var nodes: [Node] = []
        while let node = try reader.next() { nodes.append(node) }
        #expect(try nodes == TreeDecoder.nodes(of: text))
        #expect(try reader.next() == nil)
    }

    @Test("bytes damaged on their way are fetched again; damage at rest is found before the first node")
    func damaged() async throws {
        let (storage, id) = try await save(try text(nodeCount: 30_000))
        let copy = try #require(try await open(storage).index.location(of: .tree, id))
        let faulty = FaultyStorage(storage)
        let repository = try await open(faulty)
        faulty.add(.init(.flipped(at: 1000), on: [.get], prefix: "data/", hits: 1))
        let reader = try await repository.openTree(id)
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 30_000)

        let key = RepositoryLayout.key(copy.pack)
        var bytes = try await storage.get(key)
        bytes[copy.range.upperBound - 100] ^= 1
        try await storage.put(key, ObjectBody(bytes))
        let fresh = try await open(storage)
        await #expect(throws: RepositoryError.self) { _ = try await fresh.openTree(id) }
    }

    @Test("a blob that is not what its id says is refused, whatever its authentication code says")
    func wrongContent() async throws {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        let text = try text(nodeCount: 30_000)
        let wrong = BlobID(SHA256.digest([1, 2, 3].span))
        _ = try await repository.withBlobWriter { try $0.save(.tree, text, id: wrong) }
        let fresh = try await open(storage)
        await #expect(throws: RepositoryError.self) { _ = try await fresh.openTree(wrong) }
    }
}
