// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
import ObjectStorage
package import ResticFormat
import Synchronization

/// What became of a blob handed to ``BlobWriter``.
package struct SavedBlob: Hashable, Sendable {
    package var id: BlobID
    /// False when the repository, or this writer, had it already.
    package var isNew: Bool
    /// Bytes it takes in its pack; 0 when it was known.
    package var storedByteCount: Int

    package init(id: BlobID, isNew: Bool, storedByteCount: Int) {
        self.id = id
        self.isNew = isNew
        self.storedByteCount = storedByteCount
    }
}

/// What a writer has stored so far.
package struct WriterTotals: Hashable, Sendable {
    package var dataBlobCount = 0
    package var treeBlobCount = 0
    /// Plaintext bytes of new blobs.
    package var addedByteCount = 0
    /// Sealed bytes of new blobs.
    package var addedStoredByteCount = 0
    /// Packs that are stored.
    package var packCount = 0
    package var indexFileCount = 0

    package init() {}
}

/// Stores new blobs: the scope that ``Repository/withBlobWriter(_:)`` opens.
///
/// Saving is synchronous so that workers can hand in borrowed bytes: hash → known? → compress → seal → append to the open pack
/// of that kind. Full packs go to the upload tasks of the scope; call ``waitForCapacity()`` between saves, it suspends while
/// too many wait. An index file lists packs only once they are stored; it is saved every 50 000 blobs or 10 minutes.
///
/// Peak memory: (open packs + uploads + callers between two waits) × (pack size + one blob), and 50 000 pending ids.
package final class BlobWriter: Sendable {
    let context: WriterContext
    private let index: MasterIndex
    private let pending = PendingBlobs()
    private let slots: [BlobKind: [OpenPackSlot]]
    private let buffers: RecycledBuffers
    private let accumulator = Mutex(IndexAccumulator())
    private let state = Mutex(WriterTotals())
    private let stopwatch: Stopwatch
    let queue: PackQueue<ClosedPack>

    init(context: WriterContext, index: MasterIndex) {
        self.context = context
        self.index = index
        let capacity = context.packTargetByteCount + OpenPackSlot.overshootByteCount
        let buffers = RecycledBuffers(
            limit: context.uploadCount + context.openPackCount,
            largestByteCount: 2 * capacity
        )
        self.buffers = buffers
        slots = Dictionary(
            uniqueKeysWithValues: BlobKind.allCases.map { kind in
                let count = kind == .data ? context.openPackCount : 1
                return (
                    kind,
                    (0..<count).map { _ in
                        OpenPackSlot(kind: kind, targetByteCount: context.packTargetByteCount, buffers: buffers)
                    }
                )
            }
        )
        queue = PackQueue(limit: context.uploadCount)
        stopwatch = Stopwatch(clock: context.clock)
    }

    /// What has been stored so far.
    package var totals: WriterTotals { state.withLock { $0 } }

    /// Whether the repository has this blob or this writer has taken it on.
    package func isKnown(_ kind: BlobKind, _ id: BlobID) -> Bool {
        index.contains(kind, id) || pending.contains(kind, id)
    }

    /// Stores a blob unless it is known.
    ///
    /// May be called from many threads at once; blocks only for compression and sealing.
    ///
    /// - Parameters:
    ///   - id: SHA-256 of `plaintext` if the caller knows it.
    ///   - storesKnown: Store it even when the index lists it (this writer still does so only once): for repacking.
    /// - Throws: What made an upload fail, or an error of the codecs; the scope is lost then.
    package func save(
        _ kind: BlobKind,
        _ plaintext: Span<UInt8>,
        id knownID: BlobID? = nil,
        storesKnown: Bool = false
    ) throws -> SavedBlob {
        try queue.checkFailure()
        if let knownID, !storesKnown, isKnown(kind, knownID) {
            return SavedBlob(id: knownID, isNew: false, storedByteCount: 0)
        }
        return try context.codecs.withCodec { codec in
            let id = knownID ?? codec.id(of: plaintext)
            guard claim(kind, id, storesKnown: storesKnown) else {
                return SavedBlob(id: id, isNew: false, storedByteCount: 0)
            }
            do {
                let storedByteCount = try store(kind, plaintext, id: id, codec: codec)
                return SavedBlob(id: id, isNew: true, storedByteCount: storedByteCount)
            } catch {
                queue.fail(error)
                throw error
            }
        }
    }

    /// Stores a blob held in an array; see ``save(_:_:id:storesKnown:)-swift.method``.
    package func save(
        _ kind: BlobKind,
        _ plaintext: [UInt8],
        id: BlobID? = nil,
        storesKnown: Bool = false
    ) throws -> SavedBlob {
        try save(kind, plaintext.span, id: id, storesKnown: storesKnown)
    }

    /// Stores a blob that was compressed elsewhere, unless it is known.
    func saveCompressed(_ kind: BlobKind, _ frame: [UInt8], id: BlobID, plaintextByteCount: Int) throws -> SavedBlob {
        try queue.checkFailure()
        guard claim(kind, id, storesKnown: false) else { return SavedBlob(id: id, isNew: false, storedByteCount: 0) }
        do {
            let stored = try context.codecs.withCodec { codec in
                if context.verifiesUploads { try codec.check(frame, expandsToContentOf: id) }
                return try append(kind, frame.span, id: id, uncompressed: plaintextByteCount, codec: codec)
            }
            note(kind, plaintextByteCount: plaintextByteCount, storedByteCount: stored)
            return SavedBlob(id: id, isNew: true, storedByteCount: stored)
        } catch {
            queue.fail(error)
            throw error
        }
    }

    /// Suspends while as many packs are on their way as the uploads can take.
    ///
    /// - Throws: What made an upload fail, or `CancellationError`.
    package func waitForCapacity() async throws {
        try await queue.waitForCapacity()
    }

    /// Stores everything saved so far: open packs, then the index file that lists them.
    ///
    /// Called at the end of the scope; call it earlier to make what was saved permanent.
    package func flush() async throws {
        try closeOpenPacks()
        try await queue.waitUntilIdle()
        if let batch = accumulator.withLock({ $0.take() }) { try await saveIndex(batch) }
    }

    // MARK: Saving

    private func claim(_ kind: BlobKind, _ id: BlobID, storesKnown: Bool) -> Bool {
        if storesKnown { return pending.claim(kind, id) }
        guard !index.contains(kind, id), pending.claim(kind, id) else { return false }
        // An index file saved between the two questions moved the blob from pending to the index.
        guard index.contains(kind, id) else { return true }
        pending.release(kind, id)
        return false
    }

    private func store(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID, codec: BlobCodec) throws -> Int {
        let stored: Int
        if context.compresses(kind) && !plaintext.isEmpty {
            var frame = codec.takeScratch()
            defer { codec.returnScratch(&frame) }
            try codec.compress(plaintext, appendingTo: &frame)
            if context.verifiesUploads { try codec.check(frame, expandsTo: plaintext, id: id) }
            stored = try append(kind, frame.span, id: id, uncompressed: plaintext.count, codec: codec)
        } else {
            stored = try append(kind, plaintext, id: id, uncompressed: 0, codec: codec)
        }
        note(kind, plaintextByteCount: plaintext.count, storedByteCount: stored)
        return stored
    }

    /// Seals `bytes` into the open pack, and opens the result again when uploads are verified.
    private func append(
        _ kind: BlobKind,
        _ bytes: Span<UInt8>,
        id: BlobID,
        uncompressed: Int,
        codec: BlobCodec
    ) throws -> Int {
        let stored = bytes.count + sealOverhead
        try append(kind, id: id, storedByteCount: stored, uncompressedByteCount: uncompressed) { pack in
            let start = pack.count
            try codec.seal(bytes, appendingTo: &pack)
            if context.verifiesUploads { try codec.check(pack.span.extracting(start...), opensTo: bytes, id: id) }
        }
        return stored
    }

    private func append(
        _ kind: BlobKind,
        id: BlobID,
        storedByteCount: Int,
        uncompressedByteCount: Int,
        _ seal: (inout [UInt8]) throws -> Void
    ) throws {
        guard uncompressedByteCount <= Int(UInt32.max), storedByteCount <= Int(UInt32.max) else {
            throw RepositoryError(.invalid, "A blob of \(uncompressedByteCount) bytes is too large for a pack.")
        }
        guard let slots = slots[kind] else { return }
        let slot = slots[Int(truncatingIfNeeded: id.digest.words.2 % UInt64(slots.count))]
        var closed = try slot.append(
            id: id,
            storedByteCount: storedByteCount,
            uncompressedByteCount: uncompressedByteCount,
            seal
        )
        // Taken out of the list, so that the header is appended to the only reference and copies nothing.
        while let pack = closed.popLast() { try enqueue(pack) }
    }

    private func note(_ kind: BlobKind, plaintextByteCount: Int, storedByteCount: Int) {
        state.withLock { totals in
            switch kind {
            case .data: totals.dataBlobCount += 1
            case .tree: totals.treeBlobCount += 1
            }
            totals.addedByteCount += plaintextByteCount
            totals.addedStoredByteCount += storedByteCount
        }
    }

    private func closeOpenPacks() throws {
        for kind in BlobKind.allCases {
            var merged: ClosedPack?
            for slot in slots[kind] ?? [] {
                guard let pack = slot.close() else { continue }
                guard let first = merged else {
                    merged = pack
                    continue
                }
                if let both = first.merging(pack, targetByteCount: context.packTargetByteCount) {
                    merged = both
                } else {
                    try enqueue(first)
                    merged = pack
                }
            }
            if let merged { try enqueue(merged) }
        }
    }

    /// Adds the header and hands the pack to the uploads.
    private func enqueue(_ pack: consuming ClosedPack) throws {
        var pack = pack
        try context.codecs.withCodec { codec in
            PackHeader.append(pack.blobs, to: &pack.bytes, cipher: codec.cipher, iv: try codec.nextVector())
        }
        try queue.put(pack)
    }

    // MARK: Uploading

    /// Stores packs until the queue ends; one of the scope's upload tasks.
    func runUploads() async throws {
        do {
            while let pack = try await queue.next() {
                try await upload(pack)
                queue.complete()
            }
        } catch {
            queue.fail(error)
            throw error
        }
    }

    private func upload(_ pack: consuming ClosedPack) async throws {
        let blobs = pack.blobs
        let bytes = pack.bytes
        let id = PackID(SHA256.digest(bytes.span))
        try await context.storage.put(RepositoryLayout.key(id), ObjectBody(bytes, sha256Hex: id.hex))
        buffers.giveBack(bytes)
        state.withLock { $0.packCount += 1 }
        let time = stopwatch.elapsed
        if let batch = accumulator.withLock({ $0.add(pack: id, blobs: blobs, at: time) }) {
            try await saveIndex(batch)
        }
    }

    private func saveIndex(_ batch: IndexBatch) async throws {
        var batch = batch
        batch.indexFile = try await context.files.saveIndex(batch)
        try index.add(batch)
        for blob in batch.blobs { pending.release(blob.kind, blob.id) }
        state.withLock { $0.indexFileCount += 1 }
        await context.onIndexSaved(batch)
    }
}
