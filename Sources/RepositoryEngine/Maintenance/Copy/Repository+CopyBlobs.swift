// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import Synchronization

extension Repository {
    /// Blobs handed over between two waits for capacity.
    private static let copyStretch = 256

    /// Stores blobs of one of this repository's packs through `writer`, of this repository or another.
    ///
    /// Each is opened, verified, and sealed anew under the writer's key; a format 2 repository compresses it in passing.
    ///
    /// - Parameters:
    ///   - blobs: Of one pack, ascending by offset.
    ///   - storesKnown: Store them even where the writer's index lists them: for repacking.
    /// - Throws: ``RepositoryError`` with `.corrupt` for a blob no copy of which is good.
    func copyBlobs(_ blobs: [PackedBlob], to writer: BlobWriter, storesKnown: Bool = false) async throws {
        let failure = Mutex<(any Error)?>(nil)
        @Sendable func note(_ error: any Error) {
            failure.withLock { if $0 == nil { $0 = error } }
        }
        for start in stride(from: 0, to: blobs.count, by: Self.copyStretch) {
            let stretch = Array(blobs[start..<min(start + Self.copyStretch, blobs.count)])
            try await readBlobs(
                stretch,
                deliver: { place, plaintext in
                    do {
                        let blob = stretch[place].blob
                        _ = try writer.save(blob.kind, plaintext, id: blob.id, storesKnown: storesKnown)
                    } catch {
                        note(error)
                    }
                },
                fail: { place, error in
                    let blob = stretch[place].blob
                    note(
                        RepositoryError(
                            .corrupt,
                            "\(blob.kind.name) blob \(blob.id) of pack \(stretch[place].pack) could not be copied; nothing "
                                + "was removed. Run `check --read-data`, then `repair packs`.",
                            cause: error
                        )
                    )
                }
            )
            if let error = failure.withLock({ $0 }) { throw error }
            try await writer.waitForCapacity()
        }
    }
}
