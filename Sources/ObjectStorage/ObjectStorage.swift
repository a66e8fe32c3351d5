// SPDX-License-Identifier: Apache-2.0

/// A flat store of immutable objects named by `/`-separated keys: the only thing the engine knows about storage.
///
/// Promises every implementation keeps, proven by one conformance suite:
/// - An object becomes visible atomically and complete, and is durable when ``put(_:_:)`` returns.
/// - A write or delete is seen by every later read and list (read-after-write, list-after-write).
/// - Putting the same key again replaces the object atomically; deleting a missing object is no error.
/// - Every operation may be called concurrently, returns soon after its task is cancelled, and touches nothing afterwards.
/// - Failures are ``StorageError``; implementations do not retry (``RetryingStorage`` does).
package protocol ObjectStorage: Sendable {
    /// Where this store is, for messages: a URL or path without secrets.
    var location: String { get }

    /// How many requests are worth having in flight at once: 2 for a directory, 5 for S3 unless configured.
    var recommendedConcurrency: Int { get }

    /// How long after a write a listing by another client may still miss it; zero where that cannot happen.
    var listingLag: Duration { get }

    /// Stores `body` under `key`.
    func put(_ key: String, _ body: ObjectBody) async throws

    /// Stores bytes of unknown length as they come, in bounded memory; nothing is visible before `source` has ended.
    ///
    /// - Parameter source: Returns the next piece, or nil at the end; throwing abandons the object.
    func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws

    /// Reads a whole object, or exactly the bytes of `range`.
    ///
    /// - Throws: ``StorageError/Code/rangeNotSatisfiable`` when the object is shorter than the range's end.
    func get(_ key: String, range: Range<Int>?) async throws -> [UInt8]

    /// Takes back bytes that ``get(_:range:)`` returned and nobody needs any more, so that their memory can serve again; optional.
    func recycle(_ bytes: consuming [UInt8])

    /// Hands the object's bytes from `offset` on to `consume`, piece by piece, in bounded memory.
    func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws

    /// Size of one object.
    func stat(_ key: String) async throws -> ObjectInfo

    /// Hands every object whose key starts with `prefix` to `consume`, one page at a time, each key once, in no particular order.
    ///
    /// A missing bucket or root directory is ``StorageError/Code/containerNotFound``; a prefix without objects yields nothing.
    func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws

    /// Hands the names of the folders right below `prefix` to `consume`, each once and without slashes, in no particular order.
    ///
    /// A folder is what keys have in common up to the next `/`. Stores that can tell without listing what is in them do.
    /// - Parameter prefix: Empty, or ends in `/`.
    func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws

    /// Removes an object; removing a missing one succeeds.
    func delete(_ key: String) async throws

    /// Removes what writers that died left behind and no listing shows, such as temporary files; optional.
    ///
    /// - Parameter age: Anything younger may still be on its way and stays.
    /// - Returns: How much was removed.
    func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int

    /// Makes the bucket or root directory if it does not exist.
    func createContainer() async throws
}

/// One object of a listing.
package struct ObjectInfo: Hashable, Sendable {
    package var key: String
    package var byteCount: Int

    package init(key: String, byteCount: Int) {
        self.key = key
        self.byteCount = byteCount
    }
}

extension ObjectStorage {
    package func recycle(_ bytes: consuming [UInt8]) {}

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int { 0 }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        var seen: Set<String> = []
        try await list(prefix: prefix) { page in
            var new: [String] = []
            for object in page {
                let rest = object.key.utf8.dropFirst(prefix.utf8.count)
                guard let end = rest.firstIndex(of: UInt8(ascii: "/")) else { continue }
                let name = String(decoding: rest[..<end], as: UTF8.self)
                if seen.insert(name).inserted { new.append(name) }
            }
            if !new.isEmpty { try await consume(new) }
        }
    }

    /// Reads a whole object.
    package func get(_ key: String) async throws -> [UInt8] {
        try await get(key, range: nil)
    }

    /// Every object whose key starts with `prefix`; for prefixes known to be small.
    package func listAll(prefix: String) async throws -> [ObjectInfo] {
        var all: [ObjectInfo] = []
        try await list(prefix: prefix) { all.append(contentsOf: $0) }
        return all
    }
}
