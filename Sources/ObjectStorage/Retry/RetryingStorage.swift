// SPDX-License-Identifier: Apache-2.0

/// Repeats the requests of another store that failed for a reason that may pass.
///
/// Every operation is safe to repeat: a put stores the same bytes again, a delete of a missing object succeeds. A reading stream
/// goes on where it stopped, a listing begins anew and leaves out what it has reported. What a consumer throws is never retried.
package final class RetryingStorage: ObjectStorage {
    private let base: any ObjectStorage
    private let retrier: Retrier
    private let streamBufferByteCount: Int

    /// - Parameter streamBufferByteCount: Streams up to this length are collected and sent as one repeatable request; of longer ones
    ///   a failure is final, since their source cannot be asked again.
    package init(_ base: any ObjectStorage, retrier: Retrier = Retrier(), streamBufferByteCount: Int = 16 << 20) {
        self.base = base
        self.retrier = retrier
        self.streamBufferByteCount = streamBufferByteCount
    }

    package var location: String { base.location }

    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await retrier.run(.put, key) { try await base.put(key, body) }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try ObjectKey.validate(key)
        var pieces: [[UInt8]] = []
        var byteCount = 0
        while byteCount <= streamBufferByteCount {
            guard let piece = try await source() else { return try await put(key, ObjectBody(pieces: pieces)) }
            pieces.append(piece)
            byteCount += piece.count
        }
        let taken = RewoundSource(pieces)
        try await base.putStream(key) {
            if let piece = taken.next() { return piece }
            return try await source()
        }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        try await retrier.run(.get, key) { try await base.get(key, range: range) }
    }

    package func recycle(_ bytes: consuming [UInt8]) { base.recycle(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        var position = offset
        var reported = offset
        let takeProgress = {
            defer { reported = position }
            return position > reported
        }
        try await unwrappingConsumerFailures {
            try await retrier.run(.getStream, key, takeProgress: takeProgress) {
                try await base.getStream(key, from: position) { piece in
                    position += piece.count
                    do { try await consume(piece) } catch { throw ConsumerFailure(error: error) }
                }
            }
        }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await retrier.run(.stat, key) { try await base.stat(key) }
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        var seen = ReportedKeys()
        var reported = 0
        let takeProgress = {
            defer { reported = seen.count }
            return seen.count > reported
        }
        try await unwrappingConsumerFailures {
            try await retrier.run(.list, prefix, takeProgress: takeProgress) {
                try await base.list(prefix: prefix) { page in
                    let new = page.filter { seen.insert($0.key) }
                    guard !new.isEmpty else { return }
                    do { try await consume(new) } catch { throw ConsumerFailure(error: error) }
                }
            }
        }
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        var seen = ReportedKeys()
        var reported = 0
        let takeProgress = {
            defer { reported = seen.count }
            return seen.count > reported
        }
        try await unwrappingConsumerFailures {
            try await retrier.run(.list, prefix, takeProgress: takeProgress) {
                try await base.listFolders(below: prefix) { page in
                    let new = page.filter { seen.insert($0) }
                    guard !new.isEmpty else { return }
                    do { try await consume(new) } catch { throw ConsumerFailure(error: error) }
                }
            }
        }
    }

    package func delete(_ key: String) async throws {
        try await retrier.run(.delete, key) { try await base.delete(key) }
    }

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int {
        try await base.removeLeftovers(below: prefix, olderThan: age)
    }

    package func createContainer() async throws {
        try await retrier.run(.createContainer, "") { try await base.createContainer() }
    }

    private func unwrappingConsumerFailures(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let failure as ConsumerFailure {
            throw failure.error
        }
    }
}

/// Marks an error as the consumer's own, so that it is not taken for the store's.
private struct ConsumerFailure: Error {
    let error: any Error
}
