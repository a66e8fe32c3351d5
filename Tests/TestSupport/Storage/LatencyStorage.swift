// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// Another store that takes its time, on a clock of the test's choosing.
package final class LatencyStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let latency: @Sendable (StorageOperation) -> Duration
    private let clock: any Clock<Duration>

    /// - Parameter latency: How long each operation waits before it reaches `base`; streams and listings wait once.
    package init(
        _ base: any ObjectStorage,
        clock: any Clock<Duration>,
        latency: @escaping @Sendable (StorageOperation) -> Duration
    ) {
        self.base = base
        self.clock = clock
        self.latency = latency
    }

    package var location: String { base.location }
    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await wait(.put)
        try await base.put(key, body)
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await wait(.putStream)
        try await base.putStream(key, from: source)
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await wait(.get)
        return try await base.get(key, range: range)
    }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await wait(.getStream)
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await wait(.stat)
        return try await base.stat(key)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await wait(.list)
        try await base.list(prefix: prefix, consume)
    }

    package func delete(_ key: String) async throws {
        try await wait(.delete)
        try await base.delete(key)
    }

    package func createContainer() async throws {
        try await wait(.createContainer)
        try await base.createContainer()
    }

    private func wait(_ operation: StorageOperation) async throws {
        let duration = latency(operation)
        if duration > .zero { try await clock.sleep(for: duration) }
    }
}
