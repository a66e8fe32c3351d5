// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// What every ``ObjectStorage`` promises, one check per promise.
///
/// A test suite for a store runs each check against a fresh, empty store whose container exists:
/// ```swift
/// @Test(arguments: ObjectStorageConformance.Check.allCases)
/// func keeps(_ check: ObjectStorageConformance.Check) async throws {
///     try await ObjectStorageConformance(MyStorage(…)).run(check)
/// }
/// ```
package struct ObjectStorageConformance: Sendable {
    package enum Check: String, CaseIterable, Sendable {
        case readsAfterWriting, overwritesAtomically, rangeEdges, missingObjects, deletingMissingObjects
        case listsPrefixes, listsManyPages, oddKeys, invalidKeys, largeObjects
        case concurrentUse, visibleOnlyWhenComplete, streamsUnknownLength, abandonedStreamLeavesNothing
        case cancelledCallsTouchNothing, cancelledStreamLeavesNothing, consumerErrorsPassThrough, containerMayExist
    }

    let storage: any ObjectStorage
    /// Objects in the listing of many pages; fewer where each put is slow.
    let manyCount: Int
    /// Bytes of the largest object.
    let largeByteCount: Int
    /// False for servers that mix versions of an object while several clients replace it.
    let replacesAtomically: Bool

    package init(
        _ storage: any ObjectStorage,
        manyCount: Int = 2_300,
        largeByteCount: Int = 20 << 20,
        replacesAtomically: Bool = true
    ) {
        self.storage = storage
        self.manyCount = manyCount
        self.largeByteCount = largeByteCount
        self.replacesAtomically = replacesAtomically
    }

    /// Runs one check.
    ///
    /// - Throws: ``ConformanceFailure`` that says which promise was broken, or what the store threw unexpectedly.
    package func run(_ check: Check) async throws {
        switch check {
        case .readsAfterWriting: try await readsAfterWriting()
        case .overwritesAtomically: try await overwritesAtomically()
        case .rangeEdges: try await rangeEdges()
        case .missingObjects: try await missingObjects()
        case .deletingMissingObjects: try await deletingMissingObjects()
        case .listsPrefixes: try await listsPrefixes()
        case .listsManyPages: try await listsManyPages()
        case .oddKeys: try await oddKeys()
        case .invalidKeys: try await invalidKeys()
        case .largeObjects: try await largeObjects()
        case .concurrentUse: try await concurrentUse()
        case .visibleOnlyWhenComplete: try await visibleOnlyWhenComplete()
        case .streamsUnknownLength: try await streamsUnknownLength()
        case .abandonedStreamLeavesNothing: try await abandonedStreamLeavesNothing()
        case .cancelledCallsTouchNothing: try await cancelledCallsTouchNothing()
        case .cancelledStreamLeavesNothing: try await cancelledStreamLeavesNothing()
        case .consumerErrorsPassThrough: try await consumerErrorsPassThrough()
        case .containerMayExist: try await containerMayExist()
        }
    }

    /// Keys of everything below `prefix`, each once.
    func keys(_ prefix: String = "") async throws -> Set<String> {
        let listed = try await storage.listAll(prefix: prefix).map(\.key)
        let unique = Set(listed)
        try require(unique.count == listed.count, "list(\"\(prefix)\") reported a key twice")
        return unique
    }

    /// The object as ``ObjectStorage/getStream(_:from:_:)`` delivers it.
    func streamed(_ key: String, from offset: Int = 0) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await storage.getStream(key, from: offset) { bytes.append(contentsOf: $0) }
        return bytes
    }
}
