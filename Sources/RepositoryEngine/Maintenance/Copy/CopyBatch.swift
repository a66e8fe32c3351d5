// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import Synchronization

/// Snapshots whose data is copied together, and what all batches of a run have walked already.
struct CopyBatch: Sendable {
    private let source: Repository
    private let destination: Repository
    private var visited: TreeTraversal.Visited
    /// What any batch of the run has found to be needed, by the first copy in the source.
    private var claimed: BlobMarks
    private var needed: BlobMarks
    private var snapshots: [StoredSnapshot] = []
    /// Sealed bytes of the blobs to copy.
    private(set) var byteCount = 0

    init(from source: Repository, to destination: Repository) {
        self.source = source
        self.destination = destination
        visited = TreeTraversal.Visited(in: source)
        claimed = BlobMarks(for: source.index)
        needed = BlobMarks(for: source.index)
    }

    private struct Findings: Sendable {
        var claimed: BlobMarks
        var needed: BlobMarks
        var byteCount = 0
        var treeCount = 0
    }

    /// Finds what a snapshot needs and no earlier one did.
    ///
    /// - Returns: How many trees were read for it.
    mutating func add(_ stored: StoredSnapshot, onTree: @escaping @Sendable () -> Void) async throws -> Int {
        let findings = Mutex(Findings(claimed: claimed, needed: needed))
        let (index, destinationIndex) = (source.index, destination.index)
        @Sendable func need(_ kind: BlobKind, _ id: BlobID) throws {
            guard !destinationIndex.contains(kind, id) else { return }
            guard let blob = index.location(of: kind, id) else { throw Self.missing(kind, id) }
            findings.withLock { findings in
                guard findings.claimed.insert(blob.ordinal, kind) else { return }
                findings.needed.insert(blob.ordinal, kind)
                findings.byteCount += Int(blob.blob.storedLength)
            }
        }
        try need(.tree, stored.snapshot.tree)
        try await TreeTraversal(source).run(
            from: [stored.snapshot.tree],
            visited: &visited,
            visit: { id, text in
                onTree()
                findings.withLock { $0.treeCount += 1 }
                return try Self.subtrees(of: id, text, need)
            },
            fail: { _, error in throw error }
        )
        let found = findings.withLock { $0 }
        claimed = found.claimed
        needed = found.needed
        byteCount += found.byteCount
        snapshots.append(stored)
        return found.treeCount
    }

    // Not inlined: Swift 6.3.1 crashes optimising an async function around a typed throw.
    @inline(never)
    private static func subtrees(
        of id: BlobID,
        _ text: [UInt8],
        _ need: (BlobKind, BlobID) throws -> Void
    ) throws -> [BlobID] {
        var subtrees: [BlobID] = []
        do {
            var decoder = try TreeDecoder(text)
            while let node = try decoder.next() {
                for blob in node.content ?? [] { try need(.data, blob) }
                guard let subtree = node.subtree else { continue }
                try need(.tree, subtree)
                subtrees.append(subtree)
            }
        } catch let error as FormatError {
            throw RepositoryError(.corrupt, "Tree \(id) cannot be decoded; run `check`.", cause: error)
        }
        return subtrees
    }

    /// Copies the data, then records the snapshots; the batch is empty afterwards.
    ///
    /// - Returns: How many snapshots were recorded.
    mutating func store(
        through writer: BlobWriter,
        holding held: LockGuard,
        _ onStep: @escaping @Sendable (CopyStep) -> Void
    ) async throws -> Int {
        guard !snapshots.isEmpty else { return 0 }
        if byteCount > 0 {
            try await copyBlobs(to: writer, onStep)
            try await writer.flush()
        }
        for stored in snapshots {
            var snapshot = stored.snapshot
            snapshot.parent = nil
            snapshot.original = stored.snapshot.original ?? stored.id
            try held.confirm()
            let id = try await destination.saveSnapshot(snapshot)
            onStep(.saved(id, source: stored))
        }
        let count = snapshots.count
        snapshots = []
        byteCount = 0
        needed = BlobMarks(for: source.index)
        return count
    }

    private func copyBlobs(to writer: BlobWriter, _ onStep: @escaping @Sendable (CopyStep) -> Void) async throws {
        let (source, needed) = (source, needed)
        var packs: [PackID] = []
        source.index.forEachPack { pack in
            if pack.blobs.contains(where: { Self.place(of: $0, in: pack.id, source.index, needed) != nil }) {
                packs.append(pack.id)
            }
        }
        onStep(.copying(packCount: packs.count, byteCount: byteCount))
        let copied = Mutex(BlobMarks(for: source.index))
        try await forEachBounded(packs, limit: max(2, source.storage.recommendedConcurrency)) { id in
            guard let pack = source.index.pack(id) else { return }
            let blobs = pack.blobs.filter { Self.place(of: $0, in: id, source.index, needed) != nil }
            try await source.copyBlobs(blobs, of: id, to: writer)
            copied.withLock { copied in
                for blob in blobs {
                    guard let place = Self.place(of: blob, in: id, source.index, needed) else { continue }
                    copied.insert(place, blob.kind)
                }
            }
            onStep(.copied(byteCount: blobs.reduce(0) { $0 + Int($1.storedLength) }))
        }
        // Nothing may be recorded whose data was overlooked.
        for kind in BlobKind.allCases {
            let count = copied.withLock { $0.count(kind) }
            guard count == needed.count(kind) else {
                throw RepositoryError(
                    .corrupt,
                    "\(needed.count(kind)) \(kind.name) blobs had to be copied but \(count) were; no snapshot was recorded. Run `check` "
                        + "on the source."
                )
            }
        }
    }

    /// The mark of a blob that is to be copied out of this pack; nil for any other.
    private static func place(of blob: PackEntry, in pack: PackID, _ index: MasterIndex, _ needed: BlobMarks) -> UInt32?
    {
        guard let first = index.location(of: blob.kind, blob.id), first.pack == pack,
            needed.contains(first.ordinal, blob.kind)
        else { return nil }
        return first.ordinal
    }

    private static func missing(_ kind: BlobKind, _ id: BlobID) -> RepositoryError {
        RepositoryError(
            .missingBlob,
            "\(kind.name) blob \(id) of the snapshot is in no index of the source; run `repair index` there."
        )
    }
}
