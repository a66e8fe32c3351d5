// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat

/// Loads and saves whole files that are named by the hash of their stored bytes: snapshots, index files and locks.
struct RepositoryFiles: Sendable {
    var storage: any ObjectStorage
    var codecs: CodecPool
    var version: RepositoryVersion

    /// Most bytes of JSON accepted: an index file of a single pack with the largest header has about 80 MB.
    static let maximumIndexByteCount = 512 << 20
    static let maximumSnapshotByteCount = 64 << 20
    static let maximumLockByteCount = 1 << 20

    /// Reads the stored bytes, once more if they do not match the name.
    ///
    /// - Throws: ``RepositoryError`` with `.corrupt` when they do not match the second time either, or a storage error.
    func sealedBytes(_ key: String, digest: Digest256) async throws -> [UInt8] {
        for _ in 0..<2 {
            let bytes = try await storage.get(key)
            if SHA256.digest(bytes.span) == digest { return bytes }
        }
        throw RepositoryError(
            .corrupt,
            "File \(key) in \(storage.location) is damaged: its content does not match its name."
        )
    }

    /// Reads and opens a file.
    func json(_ key: String, digest: Digest256, limit: Int) async throws -> [UInt8] {
        try open(try await sealedBytes(key, digest: digest), key: key, limit: limit)
    }

    /// Opens stored bytes.
    func open(_ sealed: [UInt8], key: String, limit: Int) throws -> [UInt8] {
        do {
            return try codecs.withCodec { try $0.json(file: sealed.span, version: version, limit: limit) }
        } catch let error as FormatError {
            throw RepositoryError(.corrupt, "File \(key) in \(storage.location) is damaged.", cause: error)
        }
    }

    /// The file to store for JSON.
    func seal(_ json: [UInt8]) throws -> [UInt8] {
        try codecs.withCodec { try $0.file(json: json.span, version: version) }
    }

    /// Seals JSON and stores it under its hash.
    func save<Kind>(_ json: [UInt8], key: (ContentID<Kind>) -> String) async throws -> ContentID<Kind> {
        let file = try seal(json)
        let id = ContentID<Kind>(SHA256.digest(file.span))
        // What memory or processor spoiled must not be stored in place of the truth.
        guard try open(file, key: key(id), limit: max(json.count, 1)) == json else {
            throw RepositoryError(
                .corrupt,
                "\(key(id)) did not come back as it was sealed; check this machine's memory."
            )
        }
        try await storage.put(key(id), ObjectBody(file, sha256Hex: id.hex))
        return id
    }

    /// The id a file of this JSON would have; another each time, since sealing is.
    func rehearsedID<Kind>(_ json: [UInt8]) throws -> ContentID<Kind> {
        let file = try seal(json)
        return ContentID(SHA256.digest(file.span))
    }

    // MARK: Index files

    func loadIndex(_ id: IndexID) async throws -> IndexBatch {
        let key = RepositoryLayout.key(id)
        let text = try await json(key, digest: id.digest, limit: Self.maximumIndexByteCount)
        var batch = IndexBatch(indexFile: id)
        do {
            try IndexFile.decode(text) { pack in
                batch.beginPack(pack)
            } onBlob: { id, location in
                batch.append(
                    PackEntry(
                        kind: location.kind,
                        id: id,
                        offset: location.offset,
                        storedLength: location.storedLength,
                        uncompressedLength: location.uncompressedLength
                    )
                )
            }
        } catch {
            throw RepositoryError(
                .corrupt,
                "Index file \(id) in \(storage.location) is damaged; `repair index` rebuilds it from the packs.",
                cause: error
            )
        }
        return batch
    }

    func saveIndex(_ batch: IndexBatch) async throws -> IndexID {
        var encoder = IndexEncoder()
        for index in batch.packs.indices {
            encoder.beginPack(batch.packs[index])
            for blob in batch.blobs(ofPackAt: index) {
                encoder.append(
                    blob.id,
                    kind: blob.kind,
                    offset: blob.offset,
                    storedLength: blob.storedLength,
                    uncompressedLength: blob.uncompressedLength
                )
            }
        }
        return try await save(encoder.finish(), key: RepositoryLayout.key)
    }
}
