// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// An object store in this process's memory, for tests and dry runs.
package final class MemoryStorage: ObjectStorage {
    private struct State {
        // Keyed by bytes: keys that Unicode calls equivalent are different objects.
        var objects: [[UInt8]: [UInt8]] = [:]
        var containerExists: Bool
    }

    private let state: Mutex<State>
    private let pageCount: Int

    /// - Parameters:
    ///   - containerExists: False to begin without container, as a bucket not yet made.
    ///   - pageCount: Objects per page of a listing.
    package init(containerExists: Bool = true, pageCount: Int = 1000) {
        state = Mutex(State(containerExists: containerExists))
        self.pageCount = pageCount
    }

    /// A store that holds `objects` from the beginning.
    package convenience init(objects: [String: [UInt8]]) {
        self.init()
        state.withLock { state in
            for (key, bytes) in objects { state.objects[Array(key.utf8)] = bytes }
        }
    }

    package var location: String { "memory" }

    package var recommendedConcurrency: Int { 4 }

    package var listingLag: Duration { .zero }

    /// Everything stored, for comparisons.
    package var objects: [String: [UInt8]] {
        let objects = state.withLock { $0.objects }
        return Dictionary(uniqueKeysWithValues: objects.map { (String(decoding: $0.key, as: UTF8.self), $0.value) })
    }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try ObjectKey.validate(key)
        try Task.checkCancellation()
        try store(body.joinedBytes, under: key)
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try ObjectKey.validate(key)
        var bytes: [UInt8] = []
        while let piece = try await source() { bytes.append(contentsOf: piece) }
        try Task.checkCancellation()
        try store(bytes, under: key)
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        let bytes = try load(key)
        guard let range else { return bytes }
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw StorageError.rangeNotSatisfiable(key, range: range, byteCount: bytes.count)
        }
        return Array(bytes[range])
    }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        let bytes = try load(key)
        guard offset >= 0, offset <= bytes.count else {
            throw StorageError.rangeNotSatisfiable(
                key,
                range: offset..<max(offset, bytes.count),
                byteCount: bytes.count
            )
        }
        var position = offset
        while position < bytes.count {
            try Task.checkCancellation()
            let end = min(bytes.count, position + 256 << 10)
            try await consume(Array(bytes[position..<end]))
            position = end
        }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        ObjectInfo(key: key, byteCount: try load(key).count)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        try Task.checkCancellation()
        let found = try state.withLock { state in
            guard state.containerExists else { throw StorageError.noContainer(location) }
            return state.objects.filter { $0.key.starts(with: prefix.utf8) }
                .map { ObjectInfo(key: String(decoding: $0.key, as: UTF8.self), byteCount: $0.value.count) }
        }
        var start = 0
        while start < found.count {
            try Task.checkCancellation()
            let end = min(found.count, start + pageCount)
            try await consume(Array(found[start..<end]))
            start = end
        }
    }

    package func delete(_ key: String) async throws {
        try ObjectKey.validate(key)
        try Task.checkCancellation()
        try state.withLock { state in
            guard state.containerExists else { throw StorageError.noContainer(location) }
            state.objects[Array(key.utf8)] = nil
        }
    }

    package func createContainer() async throws {
        try Task.checkCancellation()
        state.withLock { $0.containerExists = true }
    }

    private func store(_ bytes: [UInt8], under key: String) throws {
        try state.withLock { state in
            guard state.containerExists else { throw StorageError.noContainer(location) }
            state.objects[Array(key.utf8)] = bytes
        }
    }

    private func load(_ key: String) throws -> [UInt8] {
        try ObjectKey.validate(key)
        try Task.checkCancellation()
        return try state.withLock { state in
            guard state.containerExists else { throw StorageError.noContainer(location) }
            guard let bytes = state.objects[Array(key.utf8)] else { throw StorageError.notFound(key, in: location) }
            return bytes
        }
    }
}
