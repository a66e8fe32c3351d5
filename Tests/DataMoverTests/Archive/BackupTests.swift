// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import DataMover
import Dispatch
import Foundation
import ObjectStorage
import RepositoryEngine
import ResticFormat
import Synchronization
import TestSupport
import Testing
import VolumeIO

@Suite(.timeLimit(.minutes(3))) struct BackupTests {
    private static let password = "x"

    private func makeRepository(_ storage: any ObjectStorage) async throws -> Repository {
        var options = InitializeOptions()
        options.keyDerivation = .init(costFactor: 1024, blockFactor: 8, parallelism: 1)
        options.polynomial = try testPolynomial()
        return try await Repository.initialize(
            on: storage,
            password: RepositoryPassword(Self.password),
            options: options
        )
    }

    private func request(_ source: String, at seconds: Int64, targets: [String] = ["."]) -> BackupRequest {
        var request = BackupRequest(
            source: .paths(targets.map(bytes), workingDirectory: bytes(source)),
            time: Timestamp(seconds: seconds),
            hostname: "velero"
        )
        request.tags = ["volume=data"]
        request.username = "root"
        return request
    }

    @Test func `a volume's snapshot keeps root metadata, digest, parent and summary`() async throws {
        try await withTemporaryDirectory { source in
            try makeVariedTree(at: source)
            let repository = try await makeRepository(MemoryStorage())
            let backup = Backup(repository)
            let first = try await backup.run(request(source, at: 1_700_000_000))
            let id = try #require(first.snapshotID)
            let stored = try await repository.loadSnapshot(id)
            #expect(stored == first.snapshot)
            #expect(stored.paths == [source])
            #expect(stored.volumeRoot?.mode == NodeMode(posix: 0o40755))
            let digest = try #require(first.digest)
            #expect(stored.volumeDigest == digest.digest)
            let computed = try await VolumeDigest.compute(ofTree: stored.tree) { try await repository.readTreeText($0) }
            #expect(computed == digest)
            #expect(stored.summary?.filesNew == stored.summary?.totalFilesProcessed)
            #expect(first.counts.isScanComplete == false || first.counts.filesFound == first.counts.filesDone)

            let second = try await Backup(repository).run(request(source, at: 1_700_000_100))
            #expect(second.parentID == id)
            #expect(second.snapshot.tree == first.snapshot.tree)
            #expect(second.snapshot.summary?.dataAdded == 0)
            #expect(second.snapshot.summary?.filesUnmodified == first.snapshot.summary?.filesNew)
        }
    }

    @Test func `a backup cancelled while its snapshot is being saved tells of the snapshot`() async throws {
        try await withTemporaryDirectory { source in
            try write(bytes("a"), to: source + "/a")
            let gate = Gate()
            let storage = HeldStorage(MemoryStorage(), gate: gate, holdsSnapshots: true)
            let repository = try await makeRepository(storage)
            let request = request(source, at: 100)
            try await withThrowingTaskGroup(of: BackupOutcome.self) { group in
                group.addTask { try await Backup(repository).run(request) }
                try await storage.waitForSnapshot()
                // It is stored, and nobody knows yet.
                group.cancelAll()
                gate.open()
                let outcome = try #require(try await group.next())
                let id = try #require(outcome.snapshotID)
                #expect(try await repository.loadSnapshot(id) == outcome.snapshot)
            }
        }
    }

    @Test func `the parent is the newest older snapshot of the same host and paths`() async throws {
        try await withTemporaryDirectory { source in
            for name in ["a", "b"] { try write(bytes(name), to: source + "/" + name) }
            let repository = try await makeRepository(MemoryStorage())
            func run(_ seconds: Int64, _ change: (inout BackupRequest) -> Void = { _ in }) async throws -> BackupOutcome
            {
                var request = request(source, at: seconds, targets: [source + "/a", source + "/b"])
                change(&request)
                return try await Backup(repository).run(request)
            }
            let first = try await run(100)
            let later = try await run(300)
            let otherHost = try await run(200) { $0.hostname = "other" }
            #expect(first.parentID == nil && later.parentID == first.snapshotID && otherHost.parentID == nil)
            #expect(try await run(250).parentID == first.snapshotID)
            let subset = try await run(400) {
                $0.source = .paths([bytes(source + "/a")], workingDirectory: bytes("/"))
            }
            #expect(subset.parentID == later.snapshotID)
            #expect(try await run(500) { $0.parent = .none }.parentID == nil)
            let grouped = try await run(210) { $0.parent = .automatic(GroupingCriteria(byPaths: true)) }
            #expect(grouped.parentID == otherHost.snapshotID)
        }
    }

    @Test func `dry runs, empty volumes and unchanged trees save no snapshot`() async throws {
        try await withTemporaryDirectory { source in
            let storage = MemoryStorage()
            let repository = try await makeRepository(storage)
            let empty = try await Backup(repository).run(request(source, at: 100))
            #expect(empty.isEmpty && empty.snapshotID == nil)
            try write(bytes("content"), to: source + "/file")
            var dry = request(source, at: 200)
            dry.isDryRun = true
            let before = try await storage.listAll(prefix: "").count
            let rehearsed = try await Backup(repository).run(dry)
            #expect(rehearsed.snapshotID == nil)
            #expect(rehearsed.counts.dataBlobs == 1)
            #expect(try await storage.listAll(prefix: "").count == before)
            let first = try await Backup(repository).run(request(source, at: 300))
            #expect(first.snapshotID != nil)
            #expect(first.snapshot.tree == rehearsed.snapshot.tree)
            var skipping = request(source, at: 400)
            skipping.skipsIfUnchanged = true
            #expect(try await Backup(repository).run(skipping).snapshotID == nil)
        }
    }

    @Test func `no snapshot is saved when the lock cannot be confirmed`() async throws {
        struct Lost: Error {}
        try await withTemporaryDirectory { source in
            try write(bytes("content"), to: source + "/file")
            let storage = MemoryStorage()
            let repository = try await makeRepository(storage)
            await #expect(throws: Lost.self) {
                _ = try await Backup(repository).run(request(source, at: 100), confirm: { throw Lost() })
            }
            #expect(try await repository.listSnapshots().isEmpty)
            // What was stored by then is kept and listed.
            #expect(try await storage.listAll(prefix: "index/").count == 1)
        }
    }

    @Test(.tags(.integration), arguments: ResticProgram.Release.allCases)
    func `restic checks and restores what we back up`(version: ResticProgram.Release) async throws {
        let restic = try version.program()
        try await withTemporaryDirectory { path in
            let (source, target) = (path + "/source", path + "/target")
            for directory in [source, target] {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            try makeVariedTree(at: source, hasForeignLinkTarget: version == .newest)
            let repository = try await makeRepository(DirectoryStorage(root: path + "/repository"))
            let first = try await Backup(repository).run(request(source, at: 1_700_000_000))
            let environment = [
                "RESTIC_REPOSITORY": path + "/repository", "RESTIC_PASSWORD": Self.password, "TZ": "UTC",
                "RESTIC_CACHE_DIR": path + "/cache",
            ]
            try restic.run(["check", "--read-data"], environment: environment)
            try restic.run(["restore", "latest", "--target", target], environment: environment)
            let restored = try await VolumeDigest.compute(ofDirectory: bytes(target), polynomial: testPolynomial())
            #expect(restored == first.digest)
            // The other way round: a snapshot of theirs is our parent.
            try restic.run(["backup", "-q", "--host", "velero", "."], environment: environment, directory: source)
            let next = try await Backup(repository).run(request(source, at: 4_000_000_000))
            #expect(next.parentID != nil && next.parentID != first.snapshotID)
            #expect(next.snapshot.tree == first.snapshot.tree)
            #expect(next.counts.filesNew == 0 && next.counts.filesChanged == 0)
        }
    }

    @Test(.tags(.integration)) func `a cancelled backup leaves a repository that is whole`() async throws {
        let restic = try ResticProgram.Release.newest.program()
        try await withTemporaryDirectory { path in
            let source = path + "/source"
            try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
            try write(bytes("kept"), to: source + "/first")
            let repository = try await makeRepository(DirectoryStorage(root: path + "/repository"))
            _ = try await Backup(repository).run(request(source, at: 100))
            var generator = SplitMixGenerator(seed: 3)
            for number in 0..<300 { try write(generator.bytes(1000), to: source + "/\(number)") }
            // Holds the reader of one file in the middle until the cancellation is under way.
            let reached = Mutex<CheckedContinuation<Void, Never>?>(nil)
            let isCancelled = DispatchSemaphore(value: 0)
            var options = ArchiveOptions()
            options.didReadFile = { path in
                guard path.suffix(4) == bytes("/150")[...], let test = reached.withLock({ $0.take() }) else { return }
                test.resume()
                isCancelled.wait()
            }
            let backup = Backup(repository, options: options)
            let second = request(source, at: 200)
            await withThrowingTaskGroup(of: Void.self) { group in
                await withCheckedContinuation { continuation in
                    reached.withLock { $0 = continuation }
                    group.addTask { _ = try await backup.run(second) }
                }
                group.cancelAll()
                isCancelled.signal()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
            }
            #expect(try await repository.listSnapshots().count == 1)
            let environment = [
                "RESTIC_REPOSITORY": path + "/repository", "RESTIC_PASSWORD": Self.password,
                "RESTIC_CACHE_DIR": path + "/cache",
            ]
            try restic.run(["check", "--read-data"], environment: environment)
        }
    }
}
