// SPDX-License-Identifier: Apache-2.0

/// Counts the operations and bytes of another store in a ``StorageMeter``.
package final class MeteredStorage: ObjectStorage {
    private let base: any ObjectStorage
    package let meter: StorageMeter

    package init(_ base: any ObjectStorage, meter: StorageMeter = StorageMeter()) {
        self.base = base
        self.meter = meter
    }

    package var location: String { base.location }

    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await counted(.put) {
            meter.sent(body.byteCount)
            try await base.put(key, body)
        }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        let meter = meter
        try await counted(.putStream) {
            try await base.putStream(key) {
                let piece = try await source()
                meter.sent(piece?.count ?? 0)
                return piece
            }
        }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await counted(.get) {
            let bytes = try await base.get(key, range: range)
            meter.received(bytes.count)
            return bytes
        }
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await counted(.getStream) {
            try await base.getStream(key, from: offset) { piece in
                meter.received(piece.count)
                try await consume(piece)
            }
        }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await counted(.stat) { try await base.stat(key) }
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await counted(.list) {
            try await base.list(prefix: prefix) { page in
                meter.listed(page.count)
                try await consume(page)
            }
        }
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        try await counted(.list) { try await base.listFolders(below: prefix, consume) }
    }

    package func delete(_ key: String) async throws {
        try await counted(.delete) { try await base.delete(key) }
    }

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int {
        try await base.removeLeftovers(below: prefix, olderThan: age)
    }

    package func createContainer() async throws {
        try await counted(.createContainer) { try await base.createContainer() }
    }

    private func counted<Result>(_ operation: StorageOperation, _ body: () async throws -> Result) async throws
        -> Result
    {
        meter.began(operation)
        do {
            return try await body()
        } catch {
            meter.failed(error)
            throw error
        }
    }
}
