// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

extension RepositorySession {
    /// Lists what a backup that was killed had stored already, so that this one need not send it again.
    ///
    /// Looks only where the lock of a holder that is gone tells of such a backup, since it lists all packs. A failure costs the bytes
    /// that are sent again and nothing else.
    func resumeInterruptedBackup() async throws {
        guard let lock, !lock.takenOver.isEmpty else { return }
        try await removeLeftovers()
        let adoption: PackAdoption
        do {
            adoption = try await repository.adoptUnlistedPacks(holding: lock)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let reason = FailureText.failure(for: error).message
            return console.warn("what the interrupted backup has stored cannot be used again: \(reason)")
        }
        for (pack, error) in adoption.unreadablePacks {
            let reason = FailureText.failure(for: error).message
            console.warn("pack \(pack.shortHex) is in no index and cannot be read; prune removes it (\(reason))")
        }
        guard !adoption.adoptedPacks.isEmpty else { return }
        console.say(
            "going on from an interrupted backup: \(ByteCountText.format(adoption.byteCount)) in \(adoption.adoptedPacks.count) packs "
                + "are stored already"
        )
    }
}
