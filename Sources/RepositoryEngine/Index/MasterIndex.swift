// SPDX-License-Identifier: Apache-2.0

package import ResticFormat
import Synchronization

/// Where every stored blob of a repository is: all index files together, in at most 48 bytes a blob.
///
/// Lookups may run on any thread at once. Changes come in batches (an index file loaded or saved, packs removed) and are
/// serialised. Blobs of unsaved packs are not in here; ``BlobWriter`` knows those of its own scope.
///
/// Memory per blob: 32 bytes id, 6 lengths, 4 search order, and 50 bytes per pack. Blobs keep an ordinal for as long as the
/// index lives, so that a mark phase needs one bit a blob (``ordinal(of:_:)``, ``ordinalLimit(of:)``).
package final class MasterIndex: Sendable {
    let data = BlobTable()
    let tree = BlobTable()
    let catalog = Mutex(Catalog())

    package init() {}

    func table(_ kind: BlobKind) -> BlobTable {
        switch kind {
        case .data: data
        case .tree: tree
        }
    }

    // MARK: Lookup

    /// Whether some stored pack holds this blob.
    package func contains(_ kind: BlobKind, _ id: BlobID) -> Bool {
        table(kind).contains(id)
    }

    /// One copy of a blob, or nil if no index file lists it.
    package func location(of kind: BlobKind, _ id: BlobID) -> PackedBlob? {
        var found: PackedBlob?
        table(kind).forEachCopy(of: id) { ordinal, page, entry in
            found = PackedBlob(page, entry: entry, kind: kind, ordinal: ordinal)
            return false
        }
        return found
    }

    /// Every copy of a blob, each pack once.
    package func locations(of kind: BlobKind, _ id: BlobID) -> [PackedBlob] {
        var found: [PackedBlob] = []
        table(kind).forEachCopy(of: id) { ordinal, page, entry in
            found.append(PackedBlob(page, entry: entry, kind: kind, ordinal: ordinal))
            return true
        }
        return found
    }

    /// Length of a blob's plaintext, in bytes, or nil if no index file lists it.
    package func plaintextByteCount(of kind: BlobKind, _ id: BlobID) -> Int? {
        var count: Int?
        table(kind).forEachCopy(of: id) { _, page, entry in
            let pair = page.lengths[entry]
            count = pair.uncompressed != 0 ? Int(pair.uncompressed) : max(0, Int(pair.stored) - sealOverhead)
            return false
        }
        return count
    }

    // MARK: Marks

    /// A small number that stands for the first copy of a blob; below ``ordinalLimit(of:)``.
    package func ordinal(of kind: BlobKind, _ id: BlobID) -> UInt32? {
        var found: UInt32?
        table(kind).forEachCopy(of: id) { ordinal, _, _ in
            found = ordinal
            return false
        }
        return found
    }

    /// One more than the largest ordinal of this kind.
    package func ordinalLimit(of kind: BlobKind) -> Int {
        catalog.withLock { $0.pages(kind).limit }
    }

    // MARK: Totals

    /// Listed blobs, copies counted each.
    package var blobCount: Int { catalog.withLock { $0.blobCount } }

    package var packCount: Int { catalog.withLock { $0.packCount } }

    /// The index files these entries came from.
    package var indexFiles: [IndexID] { catalog.withLock { $0.indexFiles } }

    /// Bytes of memory held for entries, as far as they can be counted.
    package var byteCount: Int {
        data.byteCount + tree.byteCount + catalog.withLock { $0.byteCount }
    }

    // MARK: Changes

    /// Adds the packs of an index file; a pack listed before with the same content only gains another index file.
    ///
    /// - Throws: ``RepositoryError`` with `.corrupt` when there are more entries than this index can number.
    package func add(_ batch: IndexBatch) throws {
        try stage(batch)
        publish()
    }

    /// Adds like ``add(_:)``, but readers see nothing before ``publish()``: far cheaper when loading many index files.
    package func stage(_ batch: IndexBatch) throws {
        try catalog.withLock { try $0.add(batch) }
    }

    /// Makes everything staged findable.
    package func publish() {
        catalog.withLock { catalog in
            catalog.sealRows()
            for kind in BlobKind.allCases {
                let fresh = catalog.seal(kind)
                guard !fresh.isEmpty else { continue }
                table(kind).publish(pages: catalog.pages(kind).sealed, newOrdinals: fresh)
            }
        }
    }

    /// Forgets packs; their memory is reused only when the repository is opened again.
    package func removePacks(_ packs: Set<PackID>) {
        guard !packs.isEmpty else { return }
        publish()
        catalog.withLock { catalog in
            catalog.removePacks(packs)
            republish(catalog)
        }
    }

    /// Forgets index files; packs that another index file lists as well stay.
    package func removeIndexFiles(_ files: Set<IndexID>) {
        guard !files.isEmpty else { return }
        publish()
        catalog.withLock { catalog in
            catalog.removeIndexFiles(files)
            republish(catalog)
        }
    }

    private func republish(_ catalog: Catalog) {
        for kind in BlobKind.allCases {
            table(kind).republish(pages: catalog.pages(kind).sealed) { page, entry in
                page.rows[page.row(ofEntry: entry)].indexNumber == PageContent.Row.removed
            }
        }
    }
}

extension MasterIndex {
    /// Hands every pack to `body`, in ascending order of ids, from a view taken at the start.
    package func forEachPack(_ body: (IndexedPack) throws -> Void) rethrows {
        let view = catalog.withLock { catalog in
            catalog.sealRows()
            return catalog
        }
        try view.forEachPack(body)
    }

    /// One pack with all its blobs, or nil if no index file lists it.
    package func pack(_ id: PackID) -> IndexedPack? {
        catalog.withLock { $0.indexedPack(id) }
    }

    /// Whether some index file lists this pack.
    package func containsPack(_ id: PackID) -> Bool {
        catalog.withLock { $0.containsPack(id) }
    }

    /// Hands every copy of every blob of a kind to `body`, copies of one blob one after another.
    package func forEachBlob(_ kind: BlobKind, _ body: (PackedBlob) throws -> Void) rethrows {
        for shard in 0..<BlobTable.shardCount {
            try table(kind).forEachBlob(inShard: shard) { ordinal, page, entry in
                try body(PackedBlob(page, entry: entry, kind: kind, ordinal: ordinal))
            }
        }
    }
}

/// A pack as the index files describe it.
package struct IndexedPack: Sendable {
    package var id: PackID
    /// Every index file that lists the pack.
    package var indexFiles: [IndexID]
    /// The blobs in offset order.
    package var blobs: [PackEntry] = []
    /// For each blob its number for bit sets; see ``MasterIndex/ordinalLimit(of:)``.
    package var ordinals: [UInt32] = []

    package init(id: PackID, indexFiles: [IndexID]) {
        self.id = id
        self.indexFiles = indexFiles
    }

    /// Size the pack file must have if the index lists all its blobs: trailer, header and sealed blobs.
    package var expectedByteCount: Int { PackHeader.packByteCount(of: blobs) }
}

/// A blob and where it lies.
package struct PackedBlob: Hashable, Sendable {
    package var pack: PackID
    package var blob: PackEntry
    /// Number of this copy for bit sets; see ``MasterIndex/ordinalLimit(of:)``.
    package var ordinal: UInt32

    /// Offsets of the sealed blob in its pack.
    package var range: Range<Int> { Int(blob.offset)..<(Int(blob.offset) + Int(blob.storedLength)) }

    package init(pack: PackID, blob: PackEntry, ordinal: UInt32) {
        self.pack = pack
        self.blob = blob
        self.ordinal = ordinal
    }

    init(_ page: PageContent, entry: Int, kind: BlobKind, ordinal: UInt32) {
        let row = page.row(ofEntry: entry)
        let pair = page.lengths[entry]
        pack = page.rowPacks[row]
        blob = PackEntry(
            kind: kind,
            id: page.ids[entry],
            offset: page.offset(ofEntry: entry, row: row),
            storedLength: pair.stored,
            uncompressedLength: pair.uncompressed
        )
        self.ordinal = ordinal
    }
}
