// SPDX-License-Identifier: Apache-2.0

/// Keeps the bytes sent to and received from another store within limits that several stores may share.
///
/// A request of known size waits before it starts, one of unknown size after it; streams wait piece by piece. The average over a
/// few requests keeps the limit; a single large put still leaves in one burst. Urgent keys are counted but never wait.
package final class BandwidthLimitedStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let upload: BandwidthLimiter?
    private let download: BandwidthLimiter?
    private let isUrgent: @Sendable (String) -> Bool

    /// - Parameters:
    ///   - upload: Limit of what is sent; nil for none.
    ///   - download: Limit of what is received; nil for none.
    ///   - isUrgent: Keys that never wait; by default a restic repository's locks.
    package init(
        _ base: any ObjectStorage,
        upload: BandwidthLimiter?,
        download: BandwidthLimiter?,
        isUrgent: @escaping @Sendable (String) -> Bool = { $0.utf8.starts(with: "locks/".utf8) }
    ) {
        self.base = base
        self.upload = upload
        self.download = download
        self.isUrgent = isUrgent
    }

    package var location: String { base.location }

    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await pass(body.byteCount, key, through: upload)
        try await base.put(key, body)
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await base.putStream(key) {
            guard let piece = try await source() else { return nil }
            try await self.pass(piece.count, key, through: self.upload)
            return piece
        }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        if let range { try await pass(range.count, key, through: download) }
        let bytes = try await base.get(key, range: range)
        if range == nil { try await pass(bytes.count, key, through: download) }
        return bytes
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset) { piece in
            try await pass(piece.count, key, through: download)
            try await consume(piece)
        }
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
        try await base.delete(key)
    }

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int {
        try await base.removeLeftovers(below: prefix, olderThan: age)
    }

    package func createContainer() async throws {
        try await base.createContainer()
    }

    private func pass(_ byteCount: Int, _ key: String, through limiter: BandwidthLimiter?) async throws {
        guard let limiter else { return }
        if isUrgent(key) {
            _ = limiter.take(byteCount)
        } else {
            try await limiter.pass(byteCount)
        }
    }
}
