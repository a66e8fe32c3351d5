// SPDX-License-Identifier: Apache-2.0

/// Refuses every change to another store.
package final class ReadOnlyStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let reason: String

    /// - Parameter reason: Ends the message of each refusal, such as "--dry-run was given".
    package init(_ base: any ObjectStorage, reason: String) {
        self.base = base
        self.reason = reason
    }

    package var location: String { base.location }

    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        throw refusal(of: .put, key)
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        throw refusal(of: .putStream, key)
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await base.get(key, range: range)
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await base.stat(key)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        try await base.listFolders(below: prefix, consume)
    }

    package func delete(_ key: String) async throws {
        throw refusal(of: .delete, key)
    }

    package func createContainer() async throws {
        throw refusal(of: .createContainer, nil)
    }

    private func refusal(of operation: StorageOperation, _ key: String?) -> StorageError {
        let object = key.map { "\($0) in \(location)" } ?? location
        return StorageError(.readOnly, "cannot \(operation == .delete ? "delete" : "write") \(object): \(reason)")
    }
}
