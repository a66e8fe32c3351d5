// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("MemoryStorage")
struct MemoryStorageTests {
    @Test("keeps every promise of a store", .timeLimit(.minutes(1)), arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        try await ObjectStorageConformance(MemoryStorage()).run(check)
    }

    @Test("a container not yet made is an error of its own")
    func missingContainer() async throws {
        let storage = MemoryStorage(containerExists: false)
        for attempt in 0..<2 {
            let code = await #expect(throws: StorageError.self) { try await storage.put("a", ObjectBody([1])) }?.code
            #expect(code == .containerNotFound, "attempt \(attempt)")
        }
        try await storage.createContainer()
        try await storage.put("a", ObjectBody([1]))
        #expect(storage.objects == ["a": [1]])
    }
}
