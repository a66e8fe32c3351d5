// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Crash at any point of a repair or a change", .tags(.integration, .slow), .timeLimit(.minutes(5)))
struct RepairCrashTests {
    private typealias Files = [String: [UInt8]]

    /// Two snapshots, each with packs and an index file of its own.
    private func makeRepository() async throws -> (storage: MemoryStorage, blobs: [BlobID], snapshots: [SnapshotID]) {
        let storage = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        var generator = SplitMixGenerator(seed: 14)
        var files: Files = [:]
        var snapshots: [SnapshotID] = []
        for round in 0..<2 {
            let repository =
                round == 0
                ? try await Repository.initialize(on: storage, password: testPassword, options: options)
                : try await Repository.open(on: storage, password: testPassword, options: options.open)
            try await repository.loadIndex()
            for number in 0..<3 { files["\(round) \(number)"] = generator.bytes(40_000) }
            snapshots.append(try await repository.saveTestSnapshot(files))
        }
        let blobs = try await readable(storage).sorted()
        #expect(blobs.count == 6)
        return (storage, blobs, snapshots)
    }

    /// The data blobs that any index lists and that can be read.
    private func readable(_ storage: any ObjectStorage) async throws -> Set<BlobID> {
        let repository = try await Repository.open(on: storage, password: testPassword)
        try await repository.loadIndex(onFailure: { _, _ in })
        var listed: Set<BlobID> = []
        repository.index.forEachPack { pack in listed.formUnion(pack.blobs.filter { $0.kind == .data }.map(\.id)) }
        var blobs: Set<BlobID> = []
        for id in listed {
            if (try? await repository.readBlob(.data, id)) != nil { blobs.insert(id) }
        }
        return blobs
    }

    /// Runs a repair on a recording of `storage`, then checks every prefix: nothing readable is lost, and another run ends the same.
    private func enumerate(
        _ storage: MemoryStorage,
        atLeast minimum: Int,
        endingWith expected: Set<BlobID>,
        _ repair: @escaping @Sendable (Repository, LockGuard) async throws -> Void
    ) async throws {
        @Sendable func run(on storage: any ObjectStorage) async throws {
            let repository = try await Repository.open(on: storage, password: testPassword)
            _ = try await repository.unlock(.all)
            try await repository.withLock(.exclusive) { held in try await repair(repository, held) }
        }
        let before = try await readable(storage)
        let recording = try await RecordingStorage.over(storage)
        try await run(on: recording)
        let count = recording.mutations.count
        #expect(count >= minimum)
        #expect(try await readable(recording) == expected)
        for prefix in 0...count {
            let crashed = recording.store(after: prefix)
            #expect(try await readable(crashed).isSuperset(of: before), "after \(prefix) of \(count) changes")
            try await run(on: crashed)
            #expect(try await readable(crashed) == expected, "after \(prefix) of \(count) changes and another run")
        }
    }

    @Test("repair index: what was listed stays listed")
    func repairIndex() async throws {
        let (storage, blobs, _) = try await makeRepository()
        let indexes = try await storage.listAll(prefix: "index/").map(\.key)
        #expect(indexes.count == 2)
        try await storage.delete(try #require(indexes.min()))
        try await enumerate(storage, atLeast: 4, endingWith: Set(blobs)) { repository, held in
            _ = try await repository.repairIndex(readsAllPacks: false, holding: held)
        }
    }

    @Test("repair packs: what is good in the damaged pack is never lost")
    func repairPacks() async throws {
        let (storage, blobs, _) = try await makeRepository()
        let repository = try await Repository.open(on: storage, password: testPassword)
        try await repository.loadIndex()
        let location = try #require(repository.index.location(of: .data, blobs[0]))
        let key = RepositoryLayout.key(location.pack)
        var bytes = try await storage.get(key)
        bytes[Int(location.blob.offset) + 20] ^= 1
        try await storage.put(key, ObjectBody(bytes))
        #expect(try await readable(storage).count == 5)
        let pack = location.pack
        try await enumerate(storage, atLeast: 5, endingWith: Set(blobs.dropFirst())) { repository, held in
            try await repository.loadIndex()
            // A run that follows a finished one finds nothing left to repair.
            guard repository.index.pack(pack) != nil else { return }
            _ = try await repository.repairPacks([pack], holding: held) { _, _ in }
        }
    }

    @Test("a changed snapshot: the old one or the new one is always there")
    func replaceSnapshot() async throws {
        let (storage, _, snapshots) = try await makeRepository()
        let recording = try await RecordingStorage.over(storage)
        let repository = try await Repository.open(on: recording, password: testPassword)
        var changed = try await repository.loadSnapshot(snapshots[0])
        changed.tags = ["changed"]
        let new = changed
        let id = try await repository.withLock(.exclusive) { held in
            try await repository.replaceSnapshot(snapshots[0], with: new, holding: held)
        }
        let count = recording.mutations.count
        #expect(count == 4)
        for prefix in 0...count {
            let opened = try await Repository.open(on: recording.store(after: prefix), password: testPassword)
            let left = Set(try await opened.listSnapshots())
            #expect(left.contains(snapshots[1]) && !left.isDisjoint(with: [snapshots[0], id]))
        }
    }

    @Test("a changed password: the old one or the new one always opens")
    func changePassword() async throws {
        let (storage, _, _) = try await makeRepository()
        let recording = try await RecordingStorage.over(storage)
        let repository = try await Repository.open(on: recording, password: testPassword)
        _ = try await repository.changePassword(to: RepositoryPassword("second"), parameters: .cheap)
        #expect(recording.mutations.count == 2)
        for prefix in 0...2 {
            let crashed = recording.store(after: prefix)
            let opensNew = (try? await Repository.open(on: crashed, password: RepositoryPassword("second"))) != nil
            let opensOld = (try? await Repository.open(on: crashed, password: testPassword)) != nil
            #expect(opensOld == (prefix < 2) && opensNew == (prefix > 0))
        }
    }
}
