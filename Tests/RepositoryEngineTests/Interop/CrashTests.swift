// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Crash at any point of writing", .tags(.integration, .slow), .timeLimit(.minutes(10)))
struct CrashTests {
    @Test("every prefix of the changes leaves a repository that restic accepts, earlier snapshots intact")
    func everyPrefix() async throws {
        let restic = try requireRestic(.newest)
        let base = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 100_000
        let first = try await Repository.initialize(on: base, password: testPassword, options: options)
        var generator = SplitMixGenerator(seed: 3)
        let before = generator.bytes(300_000)
        let earlier = try await first.saveTestSnapshot(["before": before])

        let recording = try await RecordingStorage.over(base)
        var open = OpenOptions()
        open.packTargetByteCount = 100_000
        let repository = try await Repository.open(on: recording, password: testPassword, options: open)
        try await repository.loadIndex()
        let more = (0..<4).map { _ in generator.bytes(90_000) }
        let later = try await repository.withLock(.shared) { _ in
            try await repository.saveTestSnapshot([
                "before": before, "a": more[0], "b": more[1], "c": more[2], "d": more[3],
            ])
        }
        let count = recording.mutations.count
        #expect(count >= 7)
        for prefix in 0...count {
            let crashed = recording.store(after: prefix)
            let opened = try await Repository.open(on: crashed, password: testPassword)
            let snapshots = try await opened.listSnapshots()
            try await opened.loadIndex()
            #expect(snapshots.contains(earlier))
            #expect(snapshots.contains(later) == (prefix >= count - 1))
            for id in snapshots {
                for node in try await opened.readTree(try await opened.loadSnapshot(id).tree) {
                    for blob in node.content ?? [] { _ = try await opened.readBlob(.data, blob) }
                }
            }
            try await withTemporaryDirectory { directory in
                try await recording.replay(prefix, into: DirectoryStorage(root: directory + "/repo"))
                try restic.run(repository: directory + "/repo", ["check", "--read-data", "--no-lock"])
            }
        }
    }
}
