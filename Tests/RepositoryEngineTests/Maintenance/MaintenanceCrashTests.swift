// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Crash at any point of maintenance", .tags(.integration, .slow), .timeLimit(.minutes(10)))
struct MaintenanceCrashTests {
    /// Reads everything every snapshot of a store needs; returns the snapshots.
    private func readAll(_ storage: any ObjectStorage) async throws -> [SnapshotID] {
        let repository = try await Repository.open(on: storage, password: testPassword)
        let snapshots = try await repository.listSnapshots()
        try await repository.loadIndex()
        for id in snapshots {
            for node in try await repository.readTree(try await repository.loadSnapshot(id).tree) {
                for blob in node.content ?? [] { _ = try await repository.readBlob(.data, blob) }
            }
        }
        return snapshots
    }

    private func resticAccepts(_ recording: RecordingStorage, after count: Int) async throws {
        let restic = try requireRestic(.newest)
        try await withTemporaryDirectory { directory in
            try await recording.replay(count, into: DirectoryStorage(root: directory + "/repo"))
            try restic.run(repository: directory + "/repo", ["check", "--read-data", "--no-lock"])
        }
    }

    @Test("forget and prune: the snapshots that remain stay intact, and the next prune finishes the work")
    func forgetAndPrune() async throws {
        let base = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        let writer = try await Repository.initialize(on: base, password: testPassword, options: options)
        var generator = SplitMixGenerator(seed: 8)
        let shared = (0..<6).map { _ in generator.bytes(40_000) }
        let gone = (0..<3).map { _ in generator.bytes(40_000) }
        let removed = try await writer.saveTestSnapshot([
            "1 gone": gone[0], "1 kept": shared[0], "2 gone": gone[1], "2 kept": shared[1], "3 gone": gone[2],
            "3 kept": shared[2], "4 kept": shared[3], "5 kept": shared[4], "6 kept": shared[5],
        ])
        let kept = try await writer.saveTestSnapshot([
            "1 kept": shared[0], "2 kept": shared[1], "3 kept": shared[2], "4 kept": shared[3], "5 kept": shared[4],
            "6 kept": shared[5],
        ])

        let recording = try await RecordingStorage.over(base)
        var open = OpenOptions()
        open.packTargetByteCount = 100_000
        let repository = try await Repository.open(on: recording, password: testPassword, options: open)
        var prune = PruneOptions()
        prune.unusedLimit = .bytes(0)
        let prepared = prune
        try await repository.withLock(.exclusive) { held in
            #expect(try await repository.removeSnapshots([removed], holding: held).isEmpty)
            try await repository.loadIndex()
            let (plan, work) = try await repository.planPrune(prepared)
            #expect(!plan.repack.isEmpty)
            // Listed beside packs that go, so that its entry has to move to another index file.
            let changed = Set(plan.repack + plan.remove)
            var mixed: Set<IndexID> = []
            repository.index.forEachPack { if changed.contains($0.id) { mixed.formUnion($0.indexFiles) } }
            var movedCount = 0
            repository.index.forEachPack { pack in
                if !changed.contains(pack.id), !mixed.isDisjoint(with: pack.indexFiles) { movedCount += 1 }
            }
            #expect(movedCount > 0)
            try await repository.prune(plan, work, holding: held)
        }
        let count = recording.mutations.count
        #expect(count >= 7)
        for prefix in 0...count {
            let snapshots = try await readAll(recording.store(after: prefix))
            #expect(snapshots.contains(kept), "after \(prefix) changes")
            try await resticAccepts(recording, after: prefix)
            try await finishes(recording.store(after: prefix), prepared)
        }
    }

    /// A second run after the crash leaves nothing to do.
    private func finishes(_ storage: MemoryStorage, _ options: PruneOptions) async throws {
        let repository = try await Repository.open(on: storage, password: testPassword)
        _ = try await repository.unlock(.all)
        try await repository.withLock(.exclusive) { held in
            try await repository.loadIndex()
            let (plan, work) = try await repository.planPrune(options)
            try await repository.prune(plan, work, holding: held)
            let again = try await repository.planPrune(options)
            #expect(again.plan.removeFirst.isEmpty && again.plan.remove.isEmpty && again.plan.repack.isEmpty)
        }
        _ = try await readAll(storage)
    }

    @Test("copy: the destination never lists a snapshot that lacks data")
    func copy() async throws {
        let source = try await Repository.initialize(
            on: MemoryStorage(),
            password: testPassword,
            options: .testing(version: .v1)
        )
        var generator = SplitMixGenerator(seed: 9)
        let snapshot = try await source.saveTestSnapshot([
            "a": generator.bytes(90_000), "b": generator.bytes(90_000), "c": Array(repeating: 7, count: 500_000),
        ])
        let recording = try await RecordingStorage.over(MemoryStorage())
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        let destination = try await Repository.initialize(on: recording, password: testPassword, options: options)
        let start = recording.mutations.count
        try await source.loadIndex()
        try await destination.loadIndex()
        let stored = StoredSnapshot(id: snapshot, snapshot: try await source.loadSnapshot(snapshot))
        try await destination.withLock(.shared) { held in
            _ = try await source.copy([stored], to: destination, existing: [], holding: held)
        }
        let count = recording.mutations.count
        #expect(count - start >= 6)
        for prefix in start...count {
            let snapshots = try await readAll(recording.store(after: prefix))
            #expect(snapshots.count == (prefix >= count - 1 ? 1 : 0))
            try await resticAccepts(recording, after: prefix)
        }
    }
}
