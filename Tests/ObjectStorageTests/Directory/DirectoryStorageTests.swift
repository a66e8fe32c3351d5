// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("DirectoryStorage")
struct DirectoryStorageTests {
    @Test("keeps every promise of a store", .timeLimit(.minutes(1)), arguments: ObjectStorageConformance.Check.allCases)
    func conformance(_ check: ObjectStorageConformance.Check) async throws {
        try await withTemporaryDirectory { path in
            let storage = DirectoryStorage(root: path + "/store")
            try await storage.createContainer()
            try await ObjectStorageConformance(storage).run(check)
        }
    }
}
