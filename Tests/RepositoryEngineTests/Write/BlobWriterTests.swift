// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

extension Scrypt.Parameters {
    /// Cheap enough for tests.
    static let cheap = Scrypt.Parameters(costFactor: 1024, blockFactor: 8, parallelism: 1)
}

extension InitializeOptions {
    static func testing(version: RepositoryVersion = .v2) -> InitializeOptions {
        var options = InitializeOptions()
        options.version = version
        options.keyDerivation = .cheap
        return options
    }
}

let testPassword = RepositoryPassword("test password")

@Suite("BlobWriter", .timeLimit(.minutes(2)))
struct BlobWriterTests {
    @Test("what is saved is read back after opening again", arguments: RepositoryVersion.allCases)
    func roundTrip(version: RepositoryVersion) async throws {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(
            on: storage,
            password: testPassword,
            options: .testing(version: version)
        )
        var generator = SplitMixGenerator(seed: 1)
        let contents =
            [0, 1, 100, 5000, 600_000, 9_000_000].map { generator.bytes($0) }
            + [[UInt8](repeating: 7, count: 3_000_000)]
        let saved = try await repository.withBlobWriter { writer in
            var saved: [SavedBlob] = []
            for content in contents {
                saved.append(try writer.save(.data, content))
                saved.append(try writer.save(.tree, content))
                try await writer.waitForCapacity()
                let again = try writer.save(.data, content)
                #expect(!again.isNew)
            }
            #expect(writer.totals.dataBlobCount == contents.count)
            return saved
        }
        #expect(saved.filter { !$0.isNew }.isEmpty)

        let opened = try await Repository.open(on: storage, password: testPassword)
        try await opened.loadIndex()
        for (number, content) in contents.enumerated() {
            for (kind, offset) in [(BlobKind.data, 0), (.tree, 1)] {
                let blob = saved[2 * number + offset]
                #expect(blob.id.digest == SHA256.digest(content.span))
                let read = try await opened.readBlob(kind, blob.id)
                #expect(read == content)
                #expect(opened.index.plaintextByteCount(of: kind, blob.id) == content.count)
            }
        }
        let again = try await opened.withBlobWriter { try $0.save(.data, contents[3]).isNew }
        #expect(!again)
    }

    @Test("many workers never store the same blob twice")
    func workers() async throws {
        let storage = MemoryStorage()
        var options = InitializeOptions.testing()
        options.open.packTargetByteCount = 1 << 20
        options.open.openPackCount = 3
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: options)
        let newCount = try await repository.withBlobWriter { writer in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var count = 0
                        for seed in 0..<200 {
                            var generator = SplitMixGenerator(seed: UInt64(seed))
                            let content = generator.bytes(20_000)
                            if try writer.save(.data, content).isNew { count += 1 }
                            try await writer.waitForCapacity()
                        }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(newCount == 200)
        #expect(repository.index.blobCount == 200)
        repository.index.forEachBlob(.data) { blob in
            #expect(repository.index.locations(of: .data, blob.blob.id).count == 1)
        }
        var packSizes: [String: Int] = [:]
        for object in try await storage.listAll(prefix: "data/") { packSizes[object.key] = object.byteCount }
        repository.index.forEachPack { pack in
            #expect(packSizes[RepositoryLayout.key(pack.id)] == pack.expectedByteCount)
            #expect(pack.expectedByteCount < (1 << 20) + 21_000)
        }
        #expect(packSizes.count == repository.index.packCount)
    }

    @Test("an error of the body leaves nothing indexed and is the error of the scope")
    func bodyFails() async throws {
        struct Stop: Error {}
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        await #expect(throws: Stop.self) {
            try await repository.withBlobWriter { writer in
                _ = try writer.save(.data, [1, 2, 3])
                throw Stop()
            }
        }
        #expect(repository.index.blobCount == 0)
        let indexes = try await storage.listAll(prefix: "index/")
        #expect(indexes.isEmpty)
        let isNew = try await repository.withBlobWriter { try $0.save(.data, [1, 2, 3]).isNew }
        #expect(isNew)
    }

    @Test(
        "whichever put fails, no index lists a pack that is not there and no snapshot appears",
        arguments: [false, true]
    )
    func failedPuts(isStoredAllTheSame: Bool) async throws {
        var failureCount = 0
        for skipped in 0..<20 {
            let base = MemoryStorage()
            var options = InitializeOptions.testing()
            options.open.packTargetByteCount = 100_000
            _ = try await Repository.initialize(on: base, password: testPassword, options: options)
            let error = StorageError(.unavailable, "no answer")
            let storage = FaultyStorage(
                base,
                [.init(isStoredAllTheSame ? .doneButFailed(error) : .fail(error), on: [.put], skipping: skipped)]
            )
            var open = OpenOptions()
            open.packTargetByteCount = 100_000
            let repository = try await Repository.open(on: storage, password: testPassword, options: open)
            var generator = SplitMixGenerator(seed: 5)
            let files = Dictionary(uniqueKeysWithValues: (0..<6).map { ("\($0)", generator.bytes(60_000)) })
            do {
                _ = try await repository.saveTestSnapshot(files)
                break
            } catch is StorageError {
                failureCount += 1
            }
            let reader = try await Repository.open(on: base, password: testPassword)
            let snapshots = try await reader.loadSnapshots()
            try await reader.loadIndex()
            let packs = try await reader.listPacks()
            reader.index.forEachPack { #expect(packs[$0.id] == $0.expectedByteCount) }
            let used = try await reader.usedBlobs(of: snapshots.map(\.snapshot.tree))
            #expect(used.missingCount == 0)
            #expect(snapshots.isEmpty || isStoredAllTheSame)
        }
        #expect(failureCount >= 5)
    }
}
