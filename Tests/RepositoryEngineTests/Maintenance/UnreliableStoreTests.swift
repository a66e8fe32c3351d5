// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization
import TestSupport
import Testing

@testable import RepositoryEngine

/// What removes or rewrites must do nothing on the word of a store that cannot be believed at the moment.
@Suite("Maintenance on an unreliable store", .timeLimit(.minutes(2))) struct UnreliableStoreTests {
    private let base = MemoryStorage()

    /// A repository of two snapshots in small packs; both share one file.
    private func makeRepository() async throws -> [SnapshotID] {
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        let repository = try await Repository.initialize(on: base, password: testPassword, options: options)
        var generator = SplitMixGenerator(seed: 3)
        let (shared, own) = (generator.bytes(90_000), generator.bytes(90_000))
        return [
            try await repository.saveTestSnapshot(["a": shared, "b": own]),
            try await repository.saveTestSnapshot(["a": shared]),
        ]
    }

    private func open(_ storage: any ObjectStorage) async throws -> Repository {
        try await Repository.open(on: storage, password: testPassword)
    }

    private func keys(_ prefix: String) async throws -> Set<String> {
        Set(try await base.listAll(prefix: prefix).map(\.key))
    }

    private var lost: StorageError { StorageError(.notFound, "no such key") }
    private var unavailable: StorageError { StorageError(.unavailable, "no connection") }

    @Test func `prune removes nothing when a listed snapshot cannot be read`() async throws {
        let snapshots = try await makeRepository()
        let packs = try await keys("data/")
        let key = RepositoryLayout.key(snapshots[0])
        let repository = try await open(FaultyStorage(base, [.init(.fail(lost), on: [.get], prefix: key)]))
        let error = await #expect(throws: RepositoryError.self) {
            try await repository.withLock(.exclusive) { held in
                try await repository.loadIndex()
                let (plan, work) = try await repository.planPrune(PruneOptions())
                try await repository.prune(plan, work, holding: held)
            }
        }
        #expect(error?.code == .noSnapshot)
        #expect(try await keys("data/") == packs)
    }

    @Test func `a listed index file that never can be read is an error, no empty index`() async throws {
        _ = try await makeRepository()
        let index = try #require(try await keys("index/").min())
        let storage = FaultyStorage(base, [.init(.fail(lost), on: [.get], prefix: index)])
        let repository = try await open(storage)
        let error = await #expect(throws: RepositoryError.self) { try await repository.loadIndex() }
        #expect(error?.code == .corrupt)
        let found = Mutex<[String]>([])
        var generator = SystemRandomNumberGenerator()
        let report = try await open(storage).check(CheckOptions(), using: &generator) { finding in
            found.withLock { $0.append(finding.kind.rawValue) }
        }
        #expect(report.hasUnreadableIndex && found.withLock { $0 } == ["unreadableIndex"])
    }

    @Test func `an index file that a prune replaces meanwhile is no error`() async throws {
        _ = try await makeRepository()
        let index = try #require(try await keys("index/").min())
        let repository = try await open(FaultyStorage(base, [.init(.fail(lost), on: [.get], prefix: index, hits: 2)]))
        try await repository.loadIndex()
        #expect(repository.index.indexFiles.count == 2)
    }

    @Test(arguments: ["data/", "index/"])
    func `repairing the index changes nothing when the connection fails`(prefix: String) async throws {
        _ = try await makeRepository()
        let before = try await keys("")
        let storage = FaultyStorage(base)
        let repository = try await open(storage)
        storage.add(.init(.fail(unavailable), on: [.get], prefix: prefix, skipping: 1))
        let isForPacks = prefix == "data/"
        await #expect(throws: StorageError.self) {
            try await repository.withLock(.exclusive) { held in
                _ = try await repository.repairIndex(readsAllPacks: isForPacks, holding: held)
            }
        }
        #expect(try await keys("") == before)
    }

    @Test func `a shortened pack stays listed, so that what is left of it can be saved`() async throws {
        _ = try await makeRepository()
        let repository = try await open(base)
        try await repository.loadIndex()
        var largest: IndexedPack?
        repository.index.forEachPack { if $0.expectedByteCount > largest?.expectedByteCount ?? 0 { largest = $0 } }
        let pack = try #require(largest)
        let key = RepositoryLayout.key(pack.id)
        try await base.put(key, ObjectBody(Array(try await base.get(key).dropLast(10))))
        let mended = try await open(base)
        try await mended.withLock(.exclusive) { held in
            let repair = try await mended.repairIndex(readsAllPacks: false, holding: held)
            #expect(repair.damagedPacks == [pack.id] && repair.unreadablePacks.isEmpty)
            let repairs = try await mended.repairPacks([pack.id], holding: held) { _, _ in }
            let (saved, lost) = (repairs.map(\.savedBlobCount), repairs.flatMap(\.lostBlobs))
            #expect(saved == [pack.blobs.count] && lost.isEmpty)
        }
        #expect(try await check(base).errorCount == 0)
    }

    private func check(_ storage: any ObjectStorage) async throws -> CheckReport {
        var options = CheckOptions()
        options.readData = .all
        var generator = SystemRandomNumberGenerator()
        return try await open(storage).check(options, using: &generator) { _ in }
    }

    @Test func `a pack that cannot be fetched is not called damaged`() async throws {
        _ = try await makeRepository()
        let storage = FaultyStorage(base)
        storage.add(.init(.fail(unavailable), on: [.get], prefix: "data/", skipping: 3))
        let report = try await check(storage)
        #expect(report.errorCount > 0 && report.brokenPacks.isEmpty)
    }

    @Test func `repairing a pack loses nothing that was damaged on its way only, or lies in another pack as well`()
        async throws
    {
        let snapshots = try await makeRepository()
        let writer = try await open(base)
        try await writer.loadIndex()
        let tree = try await writer.readTree(try await writer.loadSnapshot(snapshots[0]).tree)
        let blob = try #require(tree.first?.content?.first)
        let place = try #require(writer.index.location(of: .data, blob))
        let key = RepositoryLayout.key(place.pack)

        let flaky = try await open(
            FaultyStorage(base, [.init(.flipped(at: place.range.lowerBound + 20), on: [.get], prefix: key, hits: 1)])
        )
        try await flaky.withLock(.exclusive) { held in
            try await flaky.loadIndex()
            let repairs = try await flaky.repairPacks([place.pack], holding: held) { _, _ in }
            let (saved, lost) = (repairs.map(\.savedBlobCount), repairs.flatMap(\.lostBlobs))
            #expect(saved.first ?? 0 > 0 && lost.isEmpty)
        }
        #expect(try await check(base).errorCount == 0)

        let copying = try await open(base)
        try await copying.loadIndex()
        let first = try #require(copying.index.location(of: .data, blob))
        let plaintext = try await copying.readBlob(.data, blob)
        _ = try await copying.withBlobWriter { try $0.save(.data, plaintext, id: blob, storesKnown: true) }
        var bytes = try await base.get(RepositoryLayout.key(first.pack))
        bytes[first.range.lowerBound + 20] ^= 1
        try await base.put(RepositoryLayout.key(first.pack), ObjectBody(bytes))
        try await copying.withLock(.exclusive) { held in
            let repairs = try await copying.repairPacks([first.pack], holding: held) { _, _ in }
            let lost = repairs.flatMap(\.lostBlobs)
            #expect(lost.isEmpty)
        }
        #expect(try await check(base).errorCount == 0)
    }

    @Test func `packs that only the index forgot are found, garbage is not`() async throws {
        _ = try await makeRepository()
        let garbage = PackID(SHA256.digest(Array("garbage".utf8).span))
        try await base.put(RepositoryLayout.key(garbage), ObjectBody([1, 2, 3]))
        let whole = try await open(base)
        try await whole.loadIndex()
        #expect(try await whole.unlistedPack() == nil)
        for key in try await keys("index/") { try await base.delete(key) }
        let forgetful = try await open(base)
        try await forgetful.loadIndex()
        #expect(try await forgetful.unlistedPack() != nil)
    }
}
