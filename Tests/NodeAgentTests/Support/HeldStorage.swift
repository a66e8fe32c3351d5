// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
import TestSupport

/// Another store in which writing packs, or saving snapshots, waits for a gate, so that a test can look while volumes are being moved.
final class HeldStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let gate: Gate
    private let passing: Int
    private let holdsSnapshots: Bool
    /// Packs that were to be written, those that wait included.
    let packCount = LatestValue(0)
    /// Snapshots that were stored; whoever saved them may not know yet.
    let snapshotCount = LatestValue(0)

    /// - Parameters:
    ///   - passing: Packs that do not wait.
    ///   - holdsSnapshots: Whether saving a snapshot waits, once it is stored, instead of packs.
    init(_ base: any ObjectStorage, gate: Gate, passing: Int = 0, holdsSnapshots: Bool = false) {
        self.base = base
        self.gate = gate
        self.passing = passing
        self.holdsSnapshots = holdsSnapshots
    }

    /// Waits until so many packs were to be written.
    func wait(forPacks count: Int) async throws {
        var version = 0
        while packCount.value < count {
            guard let next = try await packCount.next(after: version) else { return }
            version = next.version
        }
    }

    var location: String { base.location }
    var recommendedConcurrency: Int { base.recommendedConcurrency }
    var listingLag: Duration { base.listingLag }

    func put(_ key: String, _ body: ObjectBody) async throws {
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

    func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await base.putStream(key, from: source)
    }

    func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] { try await base.get(key, range: range) }

    func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    func stat(_ key: String) async throws -> ObjectInfo { try await base.stat(key) }

    func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    func delete(_ key: String) async throws { try await base.delete(key) }
    func createContainer() async throws { try await base.createContainer() }
}
