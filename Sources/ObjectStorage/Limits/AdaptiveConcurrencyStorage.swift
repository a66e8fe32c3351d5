// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Synchronization

/// Bounds the requests in flight at another store, and halves the bound whenever that store asks for fewer.
///
/// Wrap it inside ``RetryingStorage``, so that a request waiting for its next try takes no place. Listings and streams are not
/// bounded: their consumers may call the same store. Neither are urgent keys, which a queue of uploads must not hold up.
package final class AdaptiveConcurrencyStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let limit: Mutex<AdaptiveLimit>
    private let gate: AsyncSemaphore
    private let isUrgent: @Sendable (String) -> Bool
    private let onChange: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - maximum: Requests in flight as long as nothing is throttled; by default what `base` recommends.
    ///   - isUrgent: Keys that are never held back; by default a restic repository's locks.
    ///   - onChange: Told the new bound; must not block.
    package init(
        _ base: any ObjectStorage,
        maximum: Int? = nil,
        isUrgent: @escaping @Sendable (String) -> Bool = { $0.utf8.starts(with: "locks/".utf8) },
        onChange: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        let maximum = max(1, maximum ?? base.recommendedConcurrency)
        self.base = base
        limit = Mutex(AdaptiveLimit(maximum: maximum))
        gate = AsyncSemaphore(limit: maximum)
        self.isUrgent = isUrgent
        self.onChange = onChange
    }

    package var location: String { base.location }

    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    /// Requests allowed in flight at this moment.
    package var currentLimit: Int { limit.withLock { $0.current } }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await bounded(key) { try await base.put(key, body) }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await observed { try await base.putStream(key, from: source) }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await bounded(key) { try await base.get(key, range: range) }
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await observed { try await base.getStream(key, from: offset, consume) }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await bounded(key) { try await base.stat(key) }
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await observed { try await base.list(prefix: prefix, consume) }
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        try await observed { try await base.listFolders(below: prefix, consume) }
    }

    package func delete(_ key: String) async throws {
        try await bounded(key) { try await base.delete(key) }
    }

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int {
        try await base.removeLeftovers(below: prefix, olderThan: age)
    }

    package func createContainer() async throws {
        try await observed { try await base.createContainer() }
    }

    private func bounded<Result>(_ key: String, _ body: () async throws -> Result) async throws -> Result {
        if isUrgent(key) { return try await observed(body) }
        return try await gate.withPermit { try await observed(body) }
    }

    private func observed<Result>(_ body: () async throws -> Result) async throws -> Result {
        let epoch = limit.withLock { $0.epoch }
        do {
            let result = try await body()
            change { $0.succeeded() }
            return result
        } catch {
            if let error = error as? StorageError, error.code == .throttled {
                change { $0.throttled(begunIn: epoch) }
            }
            throw error
        }
    }

    private func change(_ body: (inout AdaptiveLimit) -> Void) {
        let changed: Int? = limit.withLock { limit in
            let before = limit.current
            body(&limit)
            guard limit.current != before else { return nil }
            // Inside the lock, so that the gate never keeps an older bound than the state has.
            gate.limit = limit.current
            return limit.current
        }
        if let changed { onChange(changed) }
    }
}
