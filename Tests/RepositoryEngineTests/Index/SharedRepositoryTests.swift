// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

/// One opened repository, used by several backups at the same time.
@Suite(.timeLimit(.minutes(2)))
struct SharedRepositoryTests {
    /// Holds listings of the index back after the store has answered, as a slow network does.
    private final class SlowListing: ObjectStorage {
        let base = MemoryStorage()
        let hasListed = Gate()
        let mayReturn = Gate()
        let isSlow = Shared(false)
        let listingCount = Shared(0)

        var location: String { base.location }
        var recommendedConcurrency: Int { base.recommendedConcurrency }
        var listingLag: Duration { base.listingLag }
        func put(_ key: String, _ body: ObjectBody) async throws { try await base.put(key, body) }
        func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
            try await base.putStream(key, from: source)
        }
        func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] { try await base.get(key, range: range) }
        func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
            try await base.getStream(key, from: offset, consume)
        }
        func stat(_ key: String) async throws -> ObjectInfo { try await base.stat(key) }
        func delete(_ key: String) async throws { try await base.delete(key) }
        func createContainer() async throws { try await base.createContainer() }

        func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
            guard prefix == "index/" else { return try await base.list(prefix: prefix, consume) }
            listingCount.change { $0 += 1 }
            let objects = try await base.listAll(prefix: prefix)
            if isSlow.value {
                hasListed.open()
                try await mayReturn.pass()
            }
            try await consume(objects)
        }
    }

    private func save(_ byte: UInt8, in repository: Repository) async throws -> BlobID {
        try await repository.withBlobWriter { writer in
            try writer.save(.data, [UInt8](repeating: byte, count: 1000)).id
        }
    }

    @Test func `what one backup saves while another loads the index stays known`() async throws {
        let storage = SlowListing()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        let first = try await save(1, in: repository)
        storage.isSlow.change { $0 = true }
        async let loading: Void = repository.loadIndex()
        try await storage.hasListed.pass()
        let second = try await save(2, in: repository)
        storage.mayReturn.open()
        try await loading
        #expect(repository.index.contains(.data, first))
        #expect(repository.index.contains(.data, second))
    }

    @Test func `those who load the index while another does share the next listing`() async throws {
        let storage = SlowListing()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        storage.isSlow.change { $0 = true }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await repository.loadIndex() }
            try await storage.hasListed.pass()
            for _ in 0..<10 { group.addTask { try await repository.loadIndex() } }
            while repository.indexLoads.waiterCount < 10 { await Task.yield() }
            storage.mayReturn.open()
            try await group.waitForAll()
        }
        #expect(storage.listingCount.value == 2)
    }

    @Test func `backups at the same time leave a repository in which everything is found`() async throws {
        let storage = MemoryStorage()
        let repository = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        let ids = try await withThrowingTaskGroup(of: [BlobID].self) { group in
            for number in 0..<8 {
                group.addTask {
                    var ids: [BlobID] = []
                    for byte in 0..<6 {
                        try await repository.loadIndex()
                        // Half of the blobs are saved by every task.
                        ids.append(try await save(UInt8(byte % 2 == 0 ? byte : byte + 10 * number), in: repository))
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let other = try await Repository.open(on: storage, password: testPassword)
        try await other.loadIndex()
        for id in ids { #expect(try await other.readBlob(.data, id).count == 1000) }
    }
}
