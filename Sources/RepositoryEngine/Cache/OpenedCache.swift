// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization

/// The cache of one opened repository.
///
/// Below the repository's id: `velero-index/` decoded index files in groups, `velero-snapshots/` and `velero-packs/` copies of
/// stored files. Any failure to read means fetching anew; a failure to write warns once and ends all writing.
final class OpenedCache: Sendable {
    struct State: Sendable {
        var isWritable = true
        /// Decoded index files not written yet.
        var batches: [IndexBatch] = []
        var batchedBlobCount = 0
        /// Groups of few blobs found at opening, to be written as one.
        var smallGroups: [String] = []
        /// Reads of each tree pack not kept yet.
        var packReads: [PackID: Int] = [:]
    }

    let cache: RepositoryCache
    let state = Mutex(State())
    let packLocks = KeyedLocks()
    private let root: String
    private let codecs: CodecPool

    init(cache: RepositoryCache, repository: RepositoryID, masterKey: CipherKey) throws {
        self.cache = cache
        root = repository.hex + "/"
        codecs = CodecPool(key: try CacheKey.derive(from: masterKey), level: 1)
    }

    // MARK: Files

    func key(_ folder: Folder, _ name: String) -> String { root + folder.rawValue + "/" + name }

    enum Folder: String {
        case index = "velero-index"
        case snapshots = "velero-snapshots"
        case packs = "velero-packs"
    }

    func list(_ folder: Folder) async -> [ObjectInfo] {
        (try? await cache.storage.listAll(prefix: root + folder.rawValue + "/")) ?? []
    }

    func read(_ key: String, range: Range<Int>? = nil) async -> [UInt8]? {
        try? await cache.storage.get(key, range: range)
    }

    func remove(_ key: String) async {
        guard state.withLock({ $0.isWritable }) else { return }
        try? await cache.storage.delete(key)
    }

    func write(_ bytes: [UInt8], to key: String) async {
        guard state.withLock({ $0.isWritable }), !Task.isCancelled else { return }
        do {
            do {
                try await cache.storage.put(key, ObjectBody(bytes))
            } catch let error as StorageError where error.code == .containerNotFound {
                try await cache.storage.createContainer()
                try await cache.storage.put(key, ObjectBody(bytes))
            }
        } catch {
            let isFirst = state.withLock { state in
                defer { state.isWritable = false }
                return state.isWritable
            }
            if isFirst, !(error is CancellationError) {
                cache.onWarning("The cache at \(cache.storage.location) cannot be written and is not used: \(error)")
            }
        }
    }

    // MARK: Sealing

    func seal(_ plaintext: [UInt8]) throws -> [UInt8] {
        try codecs.withCodec { codec in
            var sealed: [UInt8] = []
            sealed.reserveCapacity(plaintext.count + sealOverhead)
            try codec.seal(plaintext.span, appendingTo: &sealed)
            return sealed
        }
    }

    func open(_ sealed: [UInt8]) -> [UInt8]? {
        try? codecs.withCodec { codec in
            var plaintext: [UInt8] = []
            plaintext.reserveCapacity(sealed.count)
            try codec.cipher.open(sealed.span, appendingTo: &plaintext)
            return plaintext
        }
    }
}
