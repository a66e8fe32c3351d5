// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// The store of a location that is for reading only: refuses changes, except for locks.
///
/// Whoever reads a repository locks it, lest somebody else prunes meanwhile. Where even that is not allowed, reading goes on without
/// lock, since a place nobody here may write to is not pruned from here.
package final class ReadOnlyLocationStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let refusing: ReadOnlyStorage

    /// - Parameter name: Of the location, for messages.
    package init(_ base: any ObjectStorage, name: String) {
        self.base = base
        refusing = ReadOnlyStorage(base, reason: "backup storage location \(name) is ReadOnly")
    }

    package var location: String { base.location }
    package var recommendedConcurrency: Int { base.recommendedConcurrency }
    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        guard Self.isLock(key) else { return try await refusing.put(key, body) }
        try await unlessDenied { try await base.put(key, body) }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await refusing.putStream(key, from: source)
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await base.get(key, range: range)
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo { try await base.stat(key) }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        try await base.listFolders(below: prefix, consume)
    }

    package func delete(_ key: String) async throws {
        guard Self.isLock(key) else { return try await refusing.delete(key) }
        try await unlessDenied { try await base.delete(key) }
    }

    package func createContainer() async throws { try await refusing.createContainer() }

    private static func isLock(_ key: String) -> Bool { key.utf8.starts(with: "locks/".utf8) }

    private func unlessDenied(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as StorageError {
            guard error.code == .denied || error.code == .readOnly else { throw error }
        }
    }
}
