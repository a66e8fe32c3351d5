// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("RepositoryCache", .timeLimit(.minutes(2)))
struct CacheTests {
    private let cacheStorage = MemoryStorage()

    private func open(_ storage: any ObjectStorage, cache: (any ObjectStorage)? = nil) async throws -> Repository {
        var options = OpenOptions()
        options.cache = RepositoryCache(storage: cache ?? cacheStorage)
        return try await Repository.open(on: storage, password: testPassword, options: options)
    }

    /// A repository with several index files, each with one data and one tree pack.
    private func makeRepository(indexCount: Int = 3) async throws -> MemoryStorage {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        for number in 0..<indexCount {
            _ = try await repository.saveTestSnapshot(["file": Array("content \(number)".utf8), "b": [UInt8(number)]])
        }
        return storage
    }

    @Test("groups are read back as they were written")
    func groups() throws {
        var ids = IDGenerator(seed: 2)
        var odd = IndexBatch(indexFile: ids.next())
        odd.append(
            pack: ids.next(),
            blobs: [
                PackEntry(kind: .tree, id: ids.next(), offset: 7, storedLength: 40, uncompressedLength: 0),
                PackEntry(kind: .data, id: ids.next(), offset: 90, storedLength: 41, uncompressedLength: 4_000_000_000),
            ]
        )
        odd.append(pack: ids.next(), blobs: [])
        let batches = [
            ids.batch(packCount: 3, blobsPerPack: 5), odd, ids.batch(packCount: 1, blobsPerPack: 2, kind: .tree),
        ]
        let bytes = IndexGroup.encode(batches)
        let decoded = try IndexGroup.decode(bytes)
        #expect(decoded.map(\.indexFile) == batches.map(\.indexFile))
        #expect(decoded.map(\.packs) == batches.map(\.packs))
        #expect(decoded.map(\.blobs) == batches.map(\.blobs))
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: FormatError.self) { try IndexGroup.decode(Array(bytes.prefix(count))) }
        }
    }

    @Test("a second open fetches no index file, no snapshot and no tree it has")
    func secondOpen() async throws {
        let storage = try await makeRepository()
        let first = try await open(storage)
        let snapshots = try await first.loadSnapshots()
        try await first.loadIndex()
        for _ in 0..<2 {
            for stored in snapshots { _ = try await first.readBlob(.tree, stored.snapshot.tree) }
        }
        let metered = FaultyStorage(storage)
        for prefix in ["index/", "snapshots/", "data/"] {
            metered.add(.init(.fail(StorageError(.denied, "not again")), on: [.get], prefix: prefix))
        }
        let second = try await open(metered)
        let again = try await second.loadSnapshots()
        #expect(again.map(\.id) == snapshots.map(\.id))
        try await second.loadIndex()
        #expect(second.index.blobCount == first.index.blobCount)
        #expect(second.index.indexFiles == first.index.indexFiles)
        for stored in again {
            let tree = try await second.readTree(stored.snapshot.tree)
            #expect(tree.count == 2)
        }
    }

    @Test("new index files are added, vanished ones and their packs forgotten")
    func changes() async throws {
        let storage = try await makeRepository()
        try await open(storage).loadIndex()
        let gone = try #require(try await storage.listAll(prefix: "index/").first)
        try await storage.delete(gone.key)
        _ = try await Repository.open(on: storage, password: testPassword).saveTestSnapshot(["new": [42]])
        let reference = try await Repository.open(on: storage, password: testPassword)
        try await reference.loadIndex()
        for _ in 0..<2 {
            let opened = try await open(storage)
            try await opened.loadIndex()
            #expect(opened.index.indexFiles == reference.index.indexFiles)
            #expect(opened.index.blobCount == reference.index.blobCount)
            #expect(opened.index.packCount == reference.index.packCount)
        }
    }

    @Test("an index written by this process is in the cache at once")
    func writtenIndex() async throws {
        let storage = try await makeRepository(indexCount: 1)
        let repository = try await open(storage)
        try await repository.loadIndex()
        _ = try await repository.saveTestSnapshot(["more": [1, 2, 3]])
        let faulty = FaultyStorage(storage)
        faulty.add(.init(.fail(StorageError(.denied, "not again")), on: [.get], prefix: "index/"))
        let second = try await open(faulty)
        try await second.loadIndex()
        #expect(second.index.blobCount == repository.index.blobCount)
    }

    @Test("a damaged cache is silently rebuilt")
    func damaged() async throws {
        let storage = try await makeRepository()
        let first = try await open(storage)
        _ = try await first.loadSnapshots()
        try await first.loadIndex()
        for object in try await cacheStorage.listAll(prefix: "") {
            var bytes = try await cacheStorage.get(object.key)
            bytes[bytes.count / 2] ^= 1
            try await cacheStorage.put(object.key, ObjectBody(bytes))
        }
        let second = try await open(storage)
        #expect(try await second.loadSnapshots().count == 3)
        try await second.loadIndex()
        #expect(second.index.blobCount == first.index.blobCount)
        let third = try await open(storage)
        try await third.loadIndex()
        #expect(third.index.blobCount == first.index.blobCount)
    }

    @Test("a cache that cannot be written warns once and changes nothing else")
    func unwritable() async throws {
        let storage = try await makeRepository()
        let warnings = Mutex(0)
        let faulty = FaultyStorage(MemoryStorage())
        faulty.add(.init(.fail(StorageError(.readOnly, "read-only"))))
        var options = OpenOptions()
        options.cache = RepositoryCache(storage: faulty) { _ in warnings.withLock { $0 += 1 } }
        let repository = try await Repository.open(on: storage, password: testPassword, options: options)
        #expect(try await repository.loadSnapshots().count == 3)
        try await repository.loadIndex()
        #expect(repository.index.packCount == 6)
        #expect(warnings.withLock { $0 } == 1)
    }

    @Test("many small groups become one")
    func merging() async throws {
        let storage = try await makeRepository(indexCount: 1)
        for number in 0..<20 {
            let repository = try await open(storage)
            try await repository.loadIndex()
            _ = try await repository.saveTestSnapshot(["n": [UInt8(number), 1]])
        }
        let opened = try await open(storage)
        try await opened.loadIndex()
        #expect(opened.index.indexFiles.count == 21)
        let groups = try await cacheStorage.listAll(prefix: "").filter { $0.key.contains("velero-index") }
        #expect(groups.count < 16)
    }
}
