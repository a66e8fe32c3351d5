// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Reading", .timeLimit(.minutes(2)))
struct ReadingTests {
    private func blob(_ offset: UInt32, _ length: UInt32) -> PackEntry {
        var ids = IDGenerator(seed: UInt64(offset))
        return PackEntry(kind: .data, id: ids.next(), offset: offset, storedLength: length, uncompressedLength: 0)
    }

    @Test("near blobs share a request, far ones and large ones do not")
    func coalescing() {
        let mebibyte: UInt32 = 1 << 20
        let blobs = [
            blob(0, 100), blob(100, 50), blob(150 + mebibyte, 10), blob(161 + 2 * mebibyte, 10),
            blob(4 * mebibyte, 20 * mebibyte), blob(24 * mebibyte, 10 * mebibyte), blob(44 * mebibyte, 40 * mebibyte),
        ]
        let requests = PackReadPlan.requests(for: blobs.shuffled())
        let ranges = requests.map(\.range)
        #expect(requests.map(\.blobs.count) == [3, 1, 2, 1])
        #expect(ranges.first == 0..<(160 + (1 << 20)))
        #expect(requests.flatMap(\.blobs) == blobs)
        #expect(PackReadPlan.requests(for: []).isEmpty)
    }

    /// A repository with ten blobs in one pack and copies of them in a second one.
    private func repositoryWithCopies() async throws -> (MemoryStorage, Repository, [[UInt8]]) {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        var generator = SplitMixGenerator(seed: 5)
        let contents = (0..<10).map { _ in generator.bytes(50_000) }
        for round in 0..<2 {
            try await repository.withBlobWriter { writer in
                for content in contents { _ = try writer.save(.data, content, storesKnown: round > 0) }
            }
        }
        return (storage, repository, contents)
    }

    private func flip(_ storage: MemoryStorage, pack: PackID, at offset: Int) async throws {
        var bytes = try await storage.get(RepositoryLayout.key(pack))
        bytes[offset] ^= 0x40
        try await storage.put(RepositoryLayout.key(pack), ObjectBody(bytes))
    }

    @Test("content that is not what its name says is refused, whatever its authentication code says")
    func wrongContent() async throws {
        for version in RepositoryVersion.allCases {
            let repository = try await Repository.initialize(
                on: MemoryStorage(),
                password: testPassword,
                options: .testing(version: version)
            )
            var ids = IDGenerator(seed: 77)
            let wrong: BlobID = ids.next()
            _ = try await repository.withBlobWriter { try $0.save(.data, [1, 2, 3], id: wrong) }
            await #expect(throws: RepositoryError.self) { _ = try await repository.readBlob(.data, wrong) }
        }
    }

    @Test("a damaged or missing copy is replaced by another one; without one the error names blob and pack")
    func copies() async throws {
        let (storage, repository, contents) = try await repositoryWithCopies()
        var packs: [IndexedPack] = []
        repository.index.forEachPack { packs.append($0) }
        #expect(packs.count == 2)
        let blob = packs[0].blobs[3]
        try await flip(storage, pack: packs[0].id, at: Int(blob.offset) + 40)
        #expect(contents.contains(try await repository.readBlob(.data, blob.id)))
        for pack in packs {
            var seen = 0
            try await PackReader(repository).read(pack.blobs, of: pack.id) { entry, plaintext in
                #expect(contents.contains(plaintext))
                #expect(plaintext.count == entry.plaintextByteCount)
                seen += 1
            }
            #expect(seen == 10)
        }
        try await storage.delete(RepositoryLayout.key(packs[1].id))
        let error = await #expect(throws: RepositoryError.self) { try await repository.readBlob(.data, blob.id) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(blob.id.hex) == true)
        var failed: [BlobID] = []
        var good = 0
        try await PackReader(repository).read(
            packs[0].blobs,
            of: packs[0].id,
            onFailure: { entry, _ in failed.append(entry.id) },
            { _, _ in good += 1 }
        )
        #expect(failed == [blob.id] && good == 9)
    }

    @Test("a blob nobody lists is missing, which is not the same as damaged")
    func missing() async throws {
        let repository = try await Repository.initialize(
            on: MemoryStorage(),
            password: testPassword,
            options: .testing()
        )
        var ids = IDGenerator(seed: 8)
        let id: BlobID = ids.next()
        let error = await #expect(throws: RepositoryError.self) { try await repository.readBlob(.tree, id) }
        #expect(error?.code == .missingBlob)
    }

    @Test("a file that does not match its name is fetched once more, then refused")
    func hashMismatch() async throws {
        let faulty = FaultyStorage(MemoryStorage())
        let repository = try await Repository.initialize(on: faulty, password: testPassword, options: .testing())
        let id = try await repository.saveTestSnapshot(["a": [1, 2, 3]])
        faulty.add(.init(.flipped(at: 3), on: [.get], prefix: "snapshots/", hits: 1))
        #expect(try await repository.loadSnapshot(id).paths == ["/data"])
        faulty.add(.init(.flipped(at: 3), on: [.get], prefix: "snapshots/", hits: 2))
        let error = await #expect(throws: RepositoryError.self) { try await repository.loadSnapshot(id) }
        #expect(error?.code == .corrupt)
    }

    @Test("snapshots are found by prefix, by latest and by filter")
    func snapshots() async throws {
        let repository = try await Repository.initialize(
            on: MemoryStorage(),
            password: testPassword,
            options: .testing()
        )
        let none = await #expect(throws: RepositoryError.self) { try await repository.resolveSnapshot("latest") }
        #expect(none?.code == .noSnapshot)
        let first = try await repository.saveTestSnapshot(["a": [1]])
        var other = try await repository.loadSnapshot(first)
        other.hostname = "other"
        other.tags = ["x", "y"]
        other.time = Timestamp(seconds: 2_000_000_000)
        let second = try await repository.saveSnapshot(other)
        #expect(try await repository.resolveSnapshot("latest").id == second)
        #expect(try await repository.resolveSnapshot("latest", filter: .init(hosts: ["h"])).id == first)
        #expect(try await repository.resolveSnapshot("latest", filter: .init(tagLists: [["y"]])).id == second)
        #expect(try await repository.resolveSnapshot("latest", filter: .init(tagLists: [[]])).id == first)
        #expect(try await repository.resolveSnapshot(first.shortHex).id == first)
        #expect(try await repository.loadSnapshots().map(\.id) == [first, second])
        let unknown = await #expect(throws: RepositoryError.self) { try await repository.resolveSnapshot("zzz") }
        #expect(unknown?.code == .noSnapshot)
        let empty = await #expect(throws: RepositoryError.self) { try await repository.resolveSnapshot("") }
        #expect(empty?.code == .noSnapshot)
    }
}
