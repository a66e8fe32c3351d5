// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization

extension OpenedCache {
    // MARK: Snapshots

    /// The stored bytes of a snapshot file, proven to be what its name says.
    func snapshotFile(_ id: SnapshotID) async -> [UInt8]? {
        guard let bytes = await read(key(.snapshots, id.hex)), SHA256.digest(bytes.span) == id.digest else {
            return nil
        }
        return bytes
    }

    func storeSnapshotFile(_ sealed: [UInt8], id: SnapshotID) async {
        await write(sealed, to: key(.snapshots, id.hex))
    }

    /// Removes snapshot files that are no longer in the repository.
    func retainSnapshots(_ listed: Set<SnapshotID>) async {
        for object in await list(.snapshots) {
            if let id: SnapshotID = RepositoryLayout.id(ofKey: object.key), listed.contains(id) { continue }
            await remove(object.key)
        }
    }

    // MARK: Tree packs

    /// Largest pack kept, in bytes.
    private static let maximumPackByteCount = 64 << 20

    /// The sealed bytes of a tree blob from a kept pack; nil when they should be read from the repository.
    ///
    /// The second blob read from a pack makes the whole pack be fetched and kept.
    func bytes(of copy: PackedBlob, index: MasterIndex, storage: any ObjectStorage) async -> [UInt8]? {
        guard cache.keepsTreePacks else { return nil }
        let key = key(.packs, copy.pack.hex)
        if let bytes = await read(key, range: copy.range) { return bytes }
        let reads = state.withLock { state in
            state.packReads[copy.pack, default: 0] += 1
            return state.isWritable ? state.packReads[copy.pack, default: 0] : 0
        }
        guard reads >= 2 else { return nil }
        return await packLocks.withLock(copy.pack.digest) {
            if let bytes = await self.read(key, range: copy.range) { return bytes }
            guard let pack = index.pack(copy.pack), pack.expectedByteCount <= Self.maximumPackByteCount,
                let bytes = try? await storage.get(RepositoryLayout.key(copy.pack)),
                SHA256.digest(bytes.span) == copy.pack.digest, copy.range.upperBound <= bytes.count
            else { return nil }
            await self.write(bytes, to: key)
            return Array(bytes[copy.range])
        }
    }

    /// Forgets a kept pack that turned out to be damaged.
    func removePack(_ id: PackID) async {
        await remove(key(.packs, id.hex))
    }

    /// Removes kept packs that no index file lists, then others until the rest is within the limit.
    func trimPacks(index: MasterIndex) async {
        var kept = 0
        for object in await list(.packs) {
            let id: PackID? = RepositoryLayout.id(ofKey: object.key)
            if let id, index.containsPack(id), kept + object.byteCount <= cache.treePackLimit {
                kept += object.byteCount
            } else {
                await remove(object.key)
            }
        }
    }
}
