// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("RecordingStorage and FaultyStorage", .timeLimit(.minutes(1)))
struct RecordingStorageTests {
    @Test("keeps every promise of a store", arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        let storage = try await RecordingStorage.over(MemoryStorage())
        try await ObjectStorageConformance(storage, manyCount: 1100, largeByteCount: 3 << 20).run(check)
    }

    @Test("replays every state between two changes, from what was there before")
    func replay() async throws {
        let storage = try await RecordingStorage.over(MemoryStorage(objects: ["old": [0]]))
        try await storage.put("a", ObjectBody([1]))
        try await storage.put("a", ObjectBody([2]))
        try await storage.delete("old")
        try await storage.put("b", ObjectBody([3]))
        let expected: [[String: [UInt8]]] = [
            ["old": [0]], ["old": [0], "a": [1]], ["old": [0], "a": [2]], ["a": [2]], ["a": [2], "b": [3]],
        ]
        for count in 0...storage.mutations.count {
            #expect(storage.objects(after: count) == expected[count])
            try await withTemporaryDirectory { path in
                let directory = DirectoryStorage(root: path + "/replayed")
                try await storage.replay(count, into: directory)
                #expect(Set(try await directory.listAll(prefix: "").map(\.key)) == Set(expected[count].keys))
            }
        }
        #expect(storage.mutations.map(\.key) == ["a", "a", "old", "b"])
    }

    @Test("failed changes are not recorded")
    func failures() async throws {
        let faulty = FaultyStorage(MemoryStorage(), [.init(.fail(.noContainer("x")), on: [.put], skipping: 1, hits: 1)])
        let storage = try await RecordingStorage.over(faulty)
        try await storage.put("a", ObjectBody([1]))
        await #expect(throws: StorageError.self) { try await storage.put("b", ObjectBody([1])) }
        try await storage.put("c", ObjectBody([1]))
        #expect(storage.mutations.map(\.key) == ["a", "c"])
    }

    @Test("faults do what they are named after")
    func faults() async throws {
        let memory = MemoryStorage(objects: ["read": patternBytes(100)])
        let lost = StorageError(.unavailable, "lost")
        let storage = FaultyStorage(
            memory,
            [
                .init(.acknowledgedButLost, on: [.put], prefix: "lost"),
                .init(.doneButFailed(lost), on: [.put], prefix: "done"),
                .init(.truncated(10), on: [.get], hits: 1),
                .init(.flipped(at: 7), on: [.get], hits: 1),
                .init(.cut(after: 30, lost), on: [.getStream]),
            ]
        )
        try await storage.put("lost", ObjectBody([1]))
        await #expect(throws: StorageError.self) { try await storage.put("done", ObjectBody([1])) }
        #expect(Set(memory.objects.keys) == ["read", "done"])
        #expect(try await storage.get("read") == patternBytes(10))
        let flipped = try await storage.get("read")
        #expect(zip(flipped, patternBytes(100)).map(^) == (0..<100).map { $0 == 7 ? 1 : 0 })
        #expect(try await storage.get("read") == patternBytes(100))
        var received: [UInt8] = []
        await #expect(throws: StorageError.self) {
            try await storage.getStream("read", from: 0) { received.append(contentsOf: $0) }
        }
        #expect(received == patternBytes(30))
        #expect(storage.hitCount == 5)
    }
}
