// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import DataMover
import Foundation
import ObjectStorage
import RepositoryEngine
import ResticFormat
import TestSupport
import Testing

@Suite("Crash at any point of a backup", .tags(.integration, .slow), .timeLimit(.minutes(5)))
struct BackupCrashTests {
    private static let password = RepositoryPassword("x")

    private func request(_ source: String, at seconds: Int64) -> BackupRequest {
        BackupRequest(
            source: .paths([bytes(".")], workingDirectory: bytes(source)),
            time: Timestamp(seconds: seconds),
            hostname: "h"
        )
    }

    private func openOptions() -> OpenOptions {
        var options = OpenOptions()
        options.packTargetByteCount = 150_000
        return options
    }

    /// Reads every blob of every snapshot.
    ///
    /// - Returns: The snapshots' root trees.
    private func readAll(_ repository: Repository) async throws -> Set<BlobID> {
        try await repository.loadIndex()
        var pending: [BlobID] = []
        for id in try await repository.listSnapshots() { pending.append(try await repository.loadSnapshot(id).tree) }
        let roots = Set(pending)
        while let tree = pending.popLast() {
            for node in try await repository.readTree(tree) {
                for blob in node.content ?? [] { _ = try await repository.readBlob(.data, blob) }
                if let subtree = node.subtree { pending.append(subtree) }
            }
        }
        return roots
    }

    @Test("every prefix of what it stores keeps the earlier snapshot whole, and the next run completes")
    func everyPrefix() async throws {
        let restic = try ResticProgram.Release.newest.program()
        try await withTemporaryDirectory { path in
            let source = path + "/source"
            try FileManager.default.createDirectory(atPath: source + "/sub/deep", withIntermediateDirectories: true)
            var generator = SplitMixGenerator(seed: 12)
            for number in 0..<4 { try write(generator.bytes(70_000), to: "\(source)/old \(number)") }
            let base = MemoryStorage()
            var options = InitializeOptions()
            options.keyDerivation = .init(costFactor: 1024, blockFactor: 8, parallelism: 1)
            options.open = openOptions()
            let first = try await Repository.initialize(on: base, password: Self.password, options: options)
            let earlier = try await Backup(first).run(request(source, at: 1_700_000_000))

            for number in 0..<4 { try write(generator.bytes(70_000), to: "\(source)/sub/deep/new \(number)") }
            try write(generator.bytes(90_000), to: source + "/old 0")
            let recording = try await RecordingStorage.over(base)
            let repository = try await Repository.open(on: recording, password: Self.password, options: openOptions())
            let again = request(source, at: 1_700_000_100)
            let later = try await repository.withLock(.shared) { held in
                try await Backup(repository).run(again, confirm: { try held.confirm() })
            }
            let count = recording.mutations.count
            #expect(count >= 7)
            #expect(recording.mutations.dropLast().last?.key.hasPrefix("snapshots/") == true, "the commit point")
            for prefix in 0...count {
                let crashed = recording.store(after: prefix)
                let opened = try await Repository.open(on: crashed, password: Self.password, options: openOptions())
                let isCommitted = prefix >= count - 1
                let roots = try await readAll(opened)
                #expect(
                    roots == (isCommitted ? [earlier.snapshot.tree, later.snapshot.tree] : [earlier.snapshot.tree])
                )

                let directory = "\(path)/after \(prefix)"
                try await recording.replay(prefix, into: DirectoryStorage(root: directory))
                try restic.run(
                    ["--no-cache", "check", "--read-data", "--no-lock"],
                    environment: ["RESTIC_REPOSITORY": directory, "RESTIC_PASSWORD": "x"]
                )
                let next = try await Backup(opened).run(request(source, at: 1_700_000_200))
                #expect(next.snapshot.tree == later.snapshot.tree)
                #expect(next.parentID == (isCommitted ? later.snapshotID : earlier.snapshotID))
                #expect(try await readAll(opened).contains(later.snapshot.tree))
            }
        }
    }
}
