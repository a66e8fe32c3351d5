// SPDX-License-Identifier: Apache-2.0

package import AsyncPrimitives
package import ObjectStorage

/// Another store in which writing packs, or saving snapshots, waits for a gate, so that a test can look while volumes are being moved.
package final class HeldStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let gate: Gate
    private let passing: Int
    private let holdsSnapshots: Bool
    /// Packs that were to be written, those that wait included.
    package let packCount = LatestValue(0)
    /// Snapshots that were stored; whoever saved them may not know yet.
    private let snapshotCount = LatestValue(0)

    /// - Parameters:
    ///   - passing: Packs that do not wait.
    ///   - holdsSnapshots: Whether saving a snapshot waits, once it is stored, instead of packs.
    package init(_ base: any ObjectStorage, gate: Gate, passing: Int = 0, holdsSnapshots: Bool = false) {
        self.base = base
        self.gate = gate
        self.passing = passing
        self.holdsSnapshots = holdsSnapshots
    }

    /// Waits until so many packs were to be written.
    package func wait(forPacks count: Int) async throws { try await Self.wait(for: count, in: packCount) }

    /// Waits until a snapshot was stored.
    package func waitForSnapshot() async throws { try await Self.wait(for: 1, in: snapshotCount) }

    private static func wait(for count: Int, in counter: LatestValue<Int>) async throws {
        var version = 0
        while counter.value < count {
            guard let next = try await counter.next(after: version) else { return }
            version = next.version
        }
    }

    package var location: String { base.location }
    package var recommendedConcurrency: Int { base.recommendedConcurrency }
    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        if key.hasPrefix("data/") {
            packCount.update { $0 += 1 }
            if packCount.value > passing, !holdsSnapshots { try await gate.pass() }
        }
        try await base.put(key, body)
        if holdsSnapshots, key.hasPrefix("snapshots/") {
            snapshotCount.update { $0 += 1 }
            try await gate.pass()
        }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await base.putStream(key, from: source)
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await base.get(key, range: range)
    }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo { try await base.stat(key) }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    package func delete(_ key: String) async throws { try await base.delete(key) }
    package func createContainer() async throws { try await base.createContainer() }
}
