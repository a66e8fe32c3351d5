// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// The blobs a writer has taken on and no saved index file lists yet, so that no two workers store the same one.
///
/// Belongs to one writer scope: when the scope fails, its claims are forgotten with it and nothing trusts them.
final class PendingBlobs: Sendable {
    private final class Shard: Sendable {
        let ids = Mutex<[BlobKind: Set<BlobID>]>([:])
    }

    private static let shardCount = 16
    private let shards: [Shard] = (0..<PendingBlobs.shardCount).map { _ in Shard() }

    private func shard(_ id: BlobID) -> Shard {
        shards[Int(truncatingIfNeeded: id.digest.words.1) & (Self.shardCount - 1)]
    }

    /// Takes a blob on; false when somebody did so before.
    func claim(_ kind: BlobKind, _ id: BlobID) -> Bool {
        shard(id).ids.withLock { $0[kind, default: []].insert(id).inserted }
    }

    func contains(_ kind: BlobKind, _ id: BlobID) -> Bool {
        shard(id).ids.withLock { $0[kind]?.contains(id) ?? false }
    }

    /// Forgets a blob: it was not stored after all, or a saved index file lists it now.
    func release(_ kind: BlobKind, _ id: BlobID) {
        shard(id).ids.withLock { _ = $0[kind]?.remove(id) }
    }
}
