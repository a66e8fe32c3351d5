// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

extension Repository {
    /// Reads a blob and proves that it is the right one; other copies are tried when one is damaged.
    ///
    /// - Throws: ``RepositoryError``: `.missingBlob` when no index file lists it, `.corrupt` when no copy is good; or a
    ///   storage error.
    package func readBlob(_ kind: BlobKind, _ id: BlobID) async throws -> [UInt8] {
        try await readBlob(kind, id) { [codecs] in try codecs.open($0, as: $1) }
    }

    /// Like ``readBlob(_:_:)``, in the form `open` makes of the sealed bytes.
    ///
    /// - Parameter open: Throws when the bytes are not the blob; they are fetched once more then.
    func readBlob<Opened>(
        _ kind: BlobKind,
        _ id: BlobID,
        open: ([UInt8], PackEntry) throws -> Opened
    ) async throws -> Opened {
        let copies = index.locations(of: kind, id)
        guard !copies.isEmpty else { throw missingBlob(kind, id) }
        var firstFailure: (any Error)?
        for copy in copies {
            do {
                return try await readBlob(copy, open: open)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                if firstFailure == nil { firstFailure = error }
            }
        }
        throw firstFailure ?? missingBlob(kind, id)
    }

    /// Reads one copy of a blob; damaged bytes are fetched once more, past the cache.
    package func readBlob(_ copy: PackedBlob) async throws -> [UInt8] {
        try await readBlob(copy) { [codecs] in try codecs.open($0, as: $1) }
    }

    private func readBlob<Opened>(
        _ copy: PackedBlob,
        open: ([UInt8], PackEntry) throws -> Opened
    ) async throws -> Opened {
        let key = RepositoryLayout.key(copy.pack)
        if copy.blob.kind == .tree, let cache,
            let sealed = await cache.bytes(of: copy, index: index, storage: storage)
        {
            if let opened = try? open(sealed, copy.blob) { return opened }
            await cache.removePack(copy.pack)
        }
        var failure: (any Error)?
        for _ in 0..<2 {
            let sealed: [UInt8]
            do {
                sealed = try await storage.get(key, range: copy.range)
            } catch let error as StorageError where error.code == .notFound || error.code == .rangeNotSatisfiable {
                throw damaged(copy, cause: error)
            }
            do {
                return try open(sealed, copy.blob)
            } catch {
                failure = error
            }
        }
        throw damaged(copy, cause: failure)
    }

    func missingBlob(_ kind: BlobKind, _ id: BlobID) -> RepositoryError {
        RepositoryError(
            .missingBlob,
            "The index of the repository at \(storage.location) lists no \(kind.name) blob \(id); "
                + "run `check`, then `repair index`."
        )
    }

    func damaged(_ copy: PackedBlob, cause: (any Error)?) -> RepositoryError {
        RepositoryError(
            .corrupt,
            "Blob \(copy.blob.id) in pack \(copy.pack) of the repository at \(storage.location) is missing or damaged; "
                + "run `check --read-data`, then `repair packs`.",
            cause: cause
        )
    }

    // MARK: Trees

    /// The text of a tree, from memory if it was read lately.
    package func readTreeText(_ id: BlobID) async throws -> [UInt8] {
        if let text = trees.text(id) { return text }
        let text = try await readBlob(.tree, id)
        trees.insert(text, id: id)
        return text
    }

    /// All nodes of a tree; for a directory of any size use ``openTree(_:)``.
    ///
    /// - Throws: ``RepositoryError`` as ``readBlob(_:_:)``, or `.corrupt` for a tree that cannot be decoded.
    package func readTree(_ id: BlobID) async throws -> [Node] {
        let text = try await readTreeText(id)
        do {
            return try TreeDecoder.nodes(of: text)
        } catch {
            throw RepositoryError(
                .corrupt,
                "Tree \(id) of the repository at \(storage.location) cannot be decoded.",
                cause: error
            )
        }
    }
}
