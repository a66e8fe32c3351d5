// SPDX-License-Identifier: Apache-2.0

import ResticFormat

extension Repository {
    /// Stores blobs of one of this repository's packs through `writer`, of this repository or another.
    ///
    /// Each is opened, verified, and sealed anew under the writer's key; a format 2 repository compresses it in passing.
    ///
    /// - Parameter storesKnown: Store them even where the writer's index lists them: for repacking.
    /// - Throws: ``RepositoryError`` with `.corrupt` for a blob no copy of which is good.
    func copyBlobs(_ blobs: [PackEntry], of pack: PackID, to writer: BlobWriter, storesKnown: Bool = false) async throws
    {
        try await PackReader(self).read(
            blobs,
            of: pack,
            onFailure: { blob, error in
                throw RepositoryError(
                    .corrupt,
                    "\(blob.kind.name) blob \(blob.id) of pack \(pack) could not be copied; nothing was removed. "
                        + "Run `check --read-data`, then `repair packs`.",
                    cause: error
                )
            }
        ) { blob, plaintext in
            _ = try writer.save(blob.kind, plaintext, id: blob.id, storesKnown: storesKnown)
            try await writer.waitForCapacity()
        }
    }
}
