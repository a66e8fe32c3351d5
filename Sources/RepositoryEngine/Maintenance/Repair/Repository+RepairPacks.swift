// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
package import ResticFormat

/// What could be saved of one damaged pack.
package struct PackRepair: Sendable {
    package var pack: PackID
    package var savedBlobCount = 0
    package var lostBlobs: [BlobID] = []
}

extension Repository {
    /// Saves every blob that is still good out of damaged packs, then removes those packs.
    ///
    /// The index must be loaded. Blobs that are lost stay missing until a backup stores them again; `repair snapshots` cuts them out.
    ///
    /// - Parameters:
    ///   - backUp: Called with the raw bytes of each pack, all of it before anything is removed; what it throws stops the repair.
    ///   - held: The exclusive lock.
    ///   - onPack: Told of each pack out of which everything good is saved.
    package func repairPacks(
        _ packs: [PackID],
        holding held: LockGuard,
        onPack: @escaping @Sendable () -> Void = {},
        backUp: (PackID, [UInt8]) async throws -> Void
    ) async throws -> [PackRepair] {
        precondition(held.kind == .exclusive, "repairing packs needs the exclusive lock")
        var repairs: [PackRepair] = []
        try await withBlobWriter { writer in
            for id in packs {
                let bytes = try await bytesOfDamagedPack(id)
                if let bytes { try await backUp(id, bytes) }
                var repair = PackRepair(pack: id)
                // What was damaged on its way only is sound the second time.
                let isDamaged = bytes.map { SHA256.digest($0.span) != id.digest } ?? false
                let second = isDamaged ? try await bytesOfDamagedPack(id) : nil
                for blob in try await blobsOfDamagedPack(id, bytes: bytes) {
                    try Task.checkCancellation()
                    guard let plaintext = open(blob, in: bytes ?? []) ?? open(blob, in: second ?? []) else {
                        if try await hasSoundCopy(blob, outside: Set(packs)) { continue }
                        repair.lostBlobs.append(blob.id)
                        continue
                    }
                    _ = try writer.save(blob.kind, plaintext, id: blob.id, storesKnown: true)
                    repair.savedBlobCount += 1
                    try await writer.waitForCapacity()
                }
                repairs.append(repair)
                onPack()
            }
        }
        try held.confirm()
        try await rewriteIndex(without: Set(packs), holding: held)
        for id in packs {
            try held.confirm()
            try await storage.delete(RepositoryLayout.key(id))
        }
        return repairs
    }

    private func bytesOfDamagedPack(_ id: PackID) async throws -> [UInt8]? {
        do {
            return try await storage.get(RepositoryLayout.key(id))
        } catch let error as StorageError where error.code == .notFound {
            return nil
        }
    }

    /// Whether another pack holds the blob, too, in good order.
    private func hasSoundCopy(_ blob: PackEntry, outside packs: Set<PackID>) async throws -> Bool {
        for copy in index.locations(of: blob.kind, blob.id) where !packs.contains(copy.pack) {
            do {
                _ = try await readBlob(copy)
                return true
            } catch  where error.isPassing {
                throw error
            } catch {
                continue
            }
        }
        return false
    }

    /// The blobs by the index, or by the pack's own header if no index lists it.
    private func blobsOfDamagedPack(_ id: PackID, bytes: [UInt8]?) async throws -> [PackEntry] {
        if let pack = index.pack(id) { return pack.blobs }
        guard let bytes, let entries = try? await readPackHeader(id, packByteCount: bytes.count) else {
            throw RepositoryError(
                .invalid,
                "Pack \(id) is in no index and its header cannot be read, so nothing can be saved out of it; if `check` names "
                    + "it as orphaned, `prune` removes it."
            )
        }
        return entries
    }

    private func open(_ blob: PackEntry, in bytes: [UInt8]) -> [UInt8]? {
        let end = Int(blob.offset) + Int(blob.storedLength)
        guard end <= bytes.count else { return nil }
        return try? codecs.open(Array(bytes[Int(blob.offset)..<end]), as: blob)
    }
}
