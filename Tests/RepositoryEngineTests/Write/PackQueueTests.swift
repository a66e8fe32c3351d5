// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Pack assembly and queue", .timeLimit(.minutes(1)))
struct PackQueueTests {
    @Test("a pack closes when its size reaches the target after a blob was added")
    func closing() {
        var ids = IDGenerator(seed: 1)
        var assembler = PackAssembler(targetByteCount: 1000)
        #expect(
            assembler.append(id: ids.next(), kind: .data, storedByteCount: 500, uncompressedByteCount: 0) == .keepOpen
        )
        #expect(
            assembler.append(id: ids.next(), kind: .data, storedByteCount: 300, uncompressedByteCount: 9) == .keepOpen
        )
        #expect(assembler.append(id: ids.next(), kind: .data, storedByteCount: 100, uncompressedByteCount: 0) == .close)
        #expect(assembler.blobs.map(\.offset) == [0, 500, 800])
        #expect(assembler.fileByteCount == 900 + 37 + 41 + 37 + 36)
    }

    @Test("header and offsets stay within what readers accept")
    func limits() {
        var ids = IDGenerator(seed: 1)
        var assembler = PackAssembler(targetByteCount: .max)
        while assembler.hasRoom(forStoredByteCount: 33) {
            _ = assembler.append(id: ids.next(), kind: .data, storedByteCount: 33, uncompressedByteCount: 1)
        }
        #expect(assembler.blobs.count == ((16 << 20) + 4 - 36) / 41)
        var large = PackAssembler(targetByteCount: .max)
        _ = large.append(id: ids.next(), kind: .data, storedByteCount: 4_000_000_000, uncompressedByteCount: 0)
        #expect(!large.hasRoom(forStoredByteCount: 400_000_000))
    }

    @Test("the queue gives packs in order, counts them until they are complete, and ends")
    func order() async throws {
        let queue = PackQueue<Int>(limit: 2)
        try queue.put(1)
        try await queue.waitForCapacity()
        try queue.put(2)
        async let waiting: Void = queue.waitForCapacity()
        #expect(try await queue.next() == 1)
        queue.complete()
        try await waiting
        #expect(try await queue.next() == 2)
        async let idle: Void = queue.waitUntilIdle()
        queue.complete()
        try await idle
        queue.finish()
        #expect(try await queue.next() == nil)
    }

    @Test("a failure reaches everyone who waits or comes later")
    func failing() async throws {
        struct Broken: Error {}
        let queue = PackQueue<Int>(limit: 1)
        try queue.put(1)
        await #expect(throws: Broken.self) {
            async let waiting: Void = queue.waitForCapacity()
            queue.fail(Broken())
            try await waiting
        }
        await #expect(throws: Broken.self) { try await queue.next() }
        #expect(throws: Broken.self) { try queue.put(2) }
    }

    @Test("cancelling a waiter leaves the queue usable")
    func cancelling() async throws {
        let queue = PackQueue<Int>(limit: 1)
        await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await queue.next() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        try queue.put(5)
        #expect(try await queue.next() == 5)
    }

    @Test("an index file is due after 50 000 blobs or ten minutes")
    func accumulating() {
        var ids = IDGenerator(seed: 1)
        var accumulator = IndexAccumulator()
        let pack = ids.pack(blobCount: 24_999)
        #expect(accumulator.add(pack: ids.next(), blobs: pack.blobs, at: .zero) == nil)
        #expect(accumulator.add(pack: ids.next(), blobs: pack.blobs, at: .seconds(599)) == nil)
        #expect(
            accumulator.add(pack: ids.next(), blobs: ids.pack(blobCount: 2).blobs, at: .seconds(599))?.packCount == 3
        )
        #expect(accumulator.take() == nil)
        #expect(accumulator.add(pack: ids.next(), blobs: [], at: .seconds(700)) == nil)
        #expect(accumulator.add(pack: ids.next(), blobs: [], at: .seconds(1300))?.packCount == 2)
    }
}
