// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("MeteredStorage and ReadOnlyStorage", .timeLimit(.minutes(1)))
struct MeteredStorageTests {
    @Test("keeps every promise of a store", arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        try await ObjectStorageConformance(MeteredStorage(MemoryStorage()), manyCount: 1100, largeByteCount: 3 << 20)
            .run(check)
    }

    @Test("counts operations, bytes, listed objects and failures by code")
    func counts() async throws {
        let storage = MeteredStorage(MemoryStorage())
        try await storage.createContainer()
        try await storage.put("a", ObjectBody(pieces: [patternBytes(100), patternBytes(50)]))
        try await storage.put("b", ObjectBody([1]))
        _ = try await storage.get("a")
        _ = try await storage.get("a", range: 10..<30)
        try await storage.getStream("a", from: 140) { _ in }
        _ = try await storage.stat("a")
        _ = try await storage.listAll(prefix: "")
        try await storage.delete("b")
        await #expect(throws: StorageError.self) { try await storage.get("missing") }
        var expected = StorageMeter.Reading()
        expected.operationCounts = [
            .createContainer: 1, .put: 2, .get: 3, .getStream: 1, .stat: 1, .list: 1, .delete: 1,
        ]
        expected.failureCounts = [.notFound: 1]
        expected.sentByteCount = 151
        expected.receivedByteCount = 180
        expected.listedCount = 2
        #expect(storage.meter.reading == expected)
        #expect(storage.meter.reading.operationCount == 10)
    }

    @Test("a read-only store reads everything and changes nothing")
    func readOnly() async throws {
        let memory = MemoryStorage(objects: ["a": [1, 2, 3]])
        let storage = ReadOnlyStorage(memory, reason: "--dry-run was given")
        #expect(try await storage.get("a") == [1, 2, 3])
        #expect(try await storage.listAll(prefix: "").count == 1)
        let changes: [@Sendable () async throws -> Void] = [
            { try await storage.put("b", ObjectBody([1])) },
            { try await storage.putStream("b") { nil } },
            { try await storage.delete("a") },
            { try await storage.createContainer() },
        ]
        for change in changes {
            let error = await #expect(throws: StorageError.self) { try await change() }
            #expect(error?.code == .readOnly)
            #expect(error?.message.hasSuffix("--dry-run was given") == true)
        }
        #expect(memory.objects == ["a": [1, 2, 3]])
    }
}
