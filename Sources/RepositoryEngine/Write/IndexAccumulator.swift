// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// Collects stored packs and decides when an index file for them is due; performs nothing.
struct IndexAccumulator: Sendable {
    /// Blobs after which an index file is saved.
    static let blobLimit = 50_000
    /// Age after which an index file is saved when a pack comes in.
    static let ageLimit: Duration = .seconds(600)

    private var batch = IndexBatch()
    /// When the first pack of the batch came in, on the scope's stopwatch.
    private var start: Duration?

    /// Adds a stored pack; returns the packs to save as one index file when it is time.
    mutating func add(pack: PackID, blobs: [PackEntry], at time: Duration) -> IndexBatch? {
        batch.append(pack: pack, blobs: blobs)
        let start = self.start ?? time
        self.start = start
        guard batch.blobCount >= Self.blobLimit || time - start >= Self.ageLimit else { return nil }
        return take()
    }

    /// Takes everything collected; nil when there is nothing.
    mutating func take() -> IndexBatch? {
        guard batch.packCount > 0 else { return nil }
        defer {
            batch = IndexBatch()
            start = nil
        }
        return batch
    }
}
