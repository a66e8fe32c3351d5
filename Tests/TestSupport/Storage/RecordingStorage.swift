// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage
internal import Synchronization

/// Another store whose every change is recorded, so that a test can replay what a crash after any of them would leave behind.
///
/// Changes count in the order in which they were acknowledged. Replaying all prefixes enumerates the crash points of a command:
/// ```swift
/// for count in 0...recording.mutations.count {
///     let crashed = recording.store(after: count)
///     …
/// }
/// ```
package final class RecordingStorage: ObjectStorage {
    package enum Mutation: Sendable, Equatable {
        case put(key: String, bytes: [UInt8])
        case delete(key: String)

        package var key: String {
            switch self {
            case .put(let key, _), .delete(let key): key
            }
        }
    }

    private let base: any ObjectStorage
    private let initial: [String: [UInt8]]
    private let recorded = Mutex<[Mutation]>([])

    private init(_ base: any ObjectStorage, initial: [String: [UInt8]]) {
        self.base = base
        self.initial = initial
    }

    /// Records from now on what happens to `base`; what it holds already is where replays begin.
    package static func over(_ base: any ObjectStorage) async throws -> RecordingStorage {
        if let memory = base as? MemoryStorage { return RecordingStorage(memory, initial: memory.objects) }
        var initial: [String: [UInt8]] = [:]
        for info in try await base.listAll(prefix: "") { initial[info.key] = try await base.get(info.key) }
        return RecordingStorage(base, initial: initial)
    }

    package var location: String { base.location }
    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    /// What has changed so far, oldest first.
    package var mutations: [Mutation] { recorded.withLock { $0 } }

    /// Everything stored after the first `count` changes.
    package func objects(after count: Int) -> [String: [UInt8]] {
        var objects = initial
        for mutation in mutations.prefix(count) {
            switch mutation {
            case .put(let key, let bytes): objects[key] = bytes
            case .delete(let key): objects[key] = nil
            }
        }
        return objects
    }

    /// A store as a crash right after the first `count` changes would have left it.
    package func store(after count: Int) -> MemoryStorage {
        MemoryStorage(objects: objects(after: count))
    }

    /// Writes that state into another, empty store, such as a directory for the real restic to check.
    package func replay(_ count: Int, into target: any ObjectStorage) async throws {
        try await target.createContainer()
        for (key, bytes) in objects(after: count) { try await target.put(key, ObjectBody(bytes)) }
    }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await base.put(key, body)
        record(.put(key: key, bytes: body.joinedBytes))
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await base.putStream(key, from: source)
        record(.put(key: key, bytes: try await base.get(key)))
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await base.get(key, range: range)
    }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await base.stat(key)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try await base.list(prefix: prefix, consume)
    }

    package func delete(_ key: String) async throws {
        try await base.delete(key)
        record(.delete(key: key))
    }

    package func createContainer() async throws {
        try await base.createContainer()
    }

    private func record(_ mutation: Mutation) {
        recorded.withLock { $0.append(mutation) }
    }
}
