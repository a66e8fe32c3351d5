// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Packs that no index file lists are adopted", .tags(.integration), .timeLimit(.minutes(10)))
struct AdoptionTests {
    private func open(_ storage: any ObjectStorage) async throws -> Repository {
        var options = OpenOptions()
        options.packTargetByteCount = 100_000
        let repository = try await Repository.open(on: storage, password: testPassword, options: options)
        try await repository.loadIndex()
        return repository
    }

    /// What a backup of `files` does to an empty repository, change by change.
    private func record(_ files: [String: [UInt8]]) async throws -> RecordingStorage {
        let storage = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        _ = try await Repository.initialize(on: storage, password: testPassword, options: options)
        let recording = try await RecordingStorage.over(storage)
        let repository = try await open(recording)
        _ = try await repository.withLock(.shared) { _ in try await repository.saveTestSnapshot(files) }
        return recording
    }

    private func adopt(_ repository: Repository) async throws -> PackAdoption {
        try await repository.withLock(.shared) { try await repository.adoptUnlistedPacks(holding: $0) }
    }

    private func files() -> [String: [UInt8]] {
        var generator = SplitMixGenerator(seed: 31)
        return Dictionary(uniqueKeysWithValues: (0..<12).map { ("file \($0)", generator.bytes(90_000)) })
    }

    private func expectSound(_ storage: MemoryStorage) async throws {
        for release in ResticProgram.Release.allCases {
            let restic = try requireRestic(release)
            try await withTemporaryDirectory { directory in
                let copy = DirectoryStorage(root: directory + "/repo")
                try await copy.createContainer()
                for (key, bytes) in storage.objects { try await copy.put(key, ObjectBody(bytes)) }
                try restic.run(repository: directory + "/repo", ["check", "--read-data", "--no-lock"])
            }
        }
        let repository = try await Repository.open(on: storage, password: testPassword)
        try await repository.loadIndex()
        var options = CheckOptions()
        options.readData = .all
        var generator = SplitMixGenerator(seed: 1)
        _ = try await repository.check(options, using: &generator) { finding in
            #expect(finding.severity == .hint, "\(finding)")
        }
    }

    @Test("killed at any moment of a backup: what is stored is not sent again")
    func everyPrefix() async throws {
        let files = files()
        let recording = try await record(files)
        let mutations = recording.mutations
        let indexed = try #require(mutations.firstIndex { $0.key.hasPrefix("index/") })
        #expect(mutations[..<indexed].filter { $0.key.hasPrefix("data/") }.count >= 6)
        for prefix in 0...indexed {
            let crashed = recording.store(after: prefix)
            let stored = try await crashed.listAll(prefix: "data/").map(\.key)
            let repository = try await open(crashed)
            _ = try await repository.unlock(.all)
            let adoption = try await adopt(repository)
            #expect(adoption.adoptedPacks.count == stored.count, "after \(prefix) changes")
            #expect(adoption.unreadablePacks.isEmpty && adoption.redundantPacks.isEmpty)
            #expect(adoption.blobCount == repository.index.blobCount)
            #expect(try await crashed.listAll(prefix: "index/").count == (stored.isEmpty ? 0 : 1))

            let before = Set(blobs(of: repository))
            let again = try await RecordingStorage.over(crashed)
            let next = try await open(again)
            _ = try await next.withLock(.shared) { _ in try await next.saveTestSnapshot(files) }
            let sent = Set(again.mutations.map(\.key).filter { $0.hasPrefix("data/") })
            let fresh = try await open(crashed)
            for pack in sent.compactMap({ RepositoryLayout.id(ofKey: $0) as PackID? }) {
                let entries = try #require(fresh.index.pack(pack)).blobs
                #expect(before.isDisjoint(with: entries.map(\.id)), "after \(prefix) changes")
            }
            if prefix == indexed { #expect(sent.isEmpty, "everything was stored") }
            try await expectSound(crashed)
        }
    }

    private func blobs(of repository: Repository) -> [BlobID] {
        var ids: [BlobID] = []
        repository.index.forEachPack { ids.append(contentsOf: $0.blobs.map(\.id)) }
        return ids
    }

    @Test("a running writer that lists its packs itself later leaves them listed twice, which is sound")
    func runningWriter() async throws {
        let storage = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        _ = try await Repository.initialize(on: storage, password: testPassword, options: options)
        let writing = try await open(storage)
        let files = files()
        let adopted = try await writing.withLock(.shared) { _ in
            try await writing.withBlobWriter { writer in
                for bytes in files.values {
                    _ = try writer.save(.data, bytes)
                    try await writer.waitForCapacity()
                }
                // Every full pack is stored, and the writer has listed none.
                try await writer.queue.waitUntilIdle()
                return try await adopt(try await open(storage)).adoptedPacks
            }
        }
        #expect(adopted.count >= 4)
        _ = try await writing.withLock(.shared) { _ in try await writing.saveTestSnapshot(files) }
        let fresh = try await open(storage)
        for pack in adopted { #expect(fresh.index.pack(pack)?.indexFiles.count == 2) }
        try await expectSound(storage)
        // A prune joins what is listed twice.
        try await fresh.withLock(.exclusive) { held in
            let (plan, work) = try await fresh.planPrune(PruneOptions())
            try await fresh.prune(plan, work, holding: held)
        }
        try await expectSound(storage)
        let tree = try #require(try await fresh.loadSnapshots().first).snapshot.tree
        #expect(try await open(storage).readTree(tree).count == files.count)
    }

    @Test("packs that are damaged, cut off or no packs at all are reported and left alone")
    func unreadable() async throws {
        let recording = try await record(files())
        let indexed = try #require(recording.mutations.firstIndex { $0.key.hasPrefix("index/") })
        let crashed = recording.store(after: indexed)
        let packs = try await crashed.listAll(prefix: "data/").map(\.key).sorted()
        var damaged = try await crashed.get(packs[0])
        damaged[damaged.count - 20] ^= 1
        try await crashed.put(packs[0], ObjectBody(damaged))
        try await crashed.put(packs[1], ObjectBody(Array(try await crashed.get(packs[1]).dropLast(7))))
        try await crashed.put(packs[2], ObjectBody([1, 2, 3]))
        // Its end is intact, but bytes are missing before.
        try await crashed.put(packs[3], ObjectBody(Array(try await crashed.get(packs[3]).dropFirst(9))))
        let repository = try await open(crashed)
        _ = try await repository.unlock(.all)
        let adoption = try await adopt(repository)
        #expect(adoption.unreadablePacks.map { RepositoryLayout.key($0.pack) } == packs[0..<4].sorted())
        #expect(adoption.adoptedPacks.count == packs.count - 4)
        #expect(try await crashed.listAll(prefix: "data/").count == packs.count)
        #expect(try await open(crashed).index.packCount == packs.count - 4)
    }

    @Test("packs whose blobs are listed elsewhere stay unlisted, for prune to remove")
    func redundant() async throws {
        let files = files()
        let recording = try await record(files)
        let indexed = try #require(recording.mutations.firstIndex { $0.key.hasPrefix("index/") })
        let crashed = recording.store(after: indexed)
        let repository = try await open(crashed)
        _ = try await repository.unlock(.all)
        // Stored again without being adopted.
        _ = try await repository.saveTestSnapshot(files)
        let adoption = try await adopt(repository)
        #expect(adoption.adoptedPacks.isEmpty)
        #expect(adoption.redundantPacks.count >= 6)
        try await expectSound(crashed)
    }

    @Test("a lost connection ends it; what was saved by then is kept and the rest is found again")
    func lostConnection() async throws {
        let recording = try await record(files())
        let indexed = try #require(recording.mutations.firstIndex { $0.key.hasPrefix("index/") })
        let crashed = recording.store(after: indexed)
        _ = try await open(crashed).unlock(.all)
        let faulty = FaultyStorage(crashed)
        let repository = try await open(faulty)
        faulty.add(.init(.fail(StorageError(.denied, "gone")), on: [.get], prefix: "data/", skipping: 2))
        await #expect(throws: StorageError.self) { _ = try await adopt(repository) }
        let count = try await adopt(try await open(crashed)).adoptedPacks.count
        #expect(count == (try await crashed.listAll(prefix: "data/").count))
    }
}
