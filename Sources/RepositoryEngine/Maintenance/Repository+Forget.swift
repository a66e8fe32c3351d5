// SPDX-License-Identifier: Apache-2.0

package import ResticFormat
import Synchronization

extension Repository {
    /// Removes snapshot files; the data stays until `prune`.
    ///
    /// - Parameters:
    ///   - held: The exclusive lock.
    ///   - onRemoved: Told how many are gone so far, from any thread.
    /// - Returns: Those that could not be removed, and why.
    /// - Throws: ``RepositoryError`` with `.lockLost`, or `CancellationError`.
    package func removeSnapshots(
        _ ids: [SnapshotID],
        holding held: LockGuard,
        onRemoved: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [(id: SnapshotID, error: any Error)] {
        precondition(held.kind == .exclusive, "removing snapshots needs the exclusive lock")
        let failures = Mutex<[(id: SnapshotID, error: any Error)]>([])
        let removed = Mutex(0)
        try await forEachBounded(ids, limit: readConcurrency) { id in
            try held.confirm()
            do {
                try await self.removeSnapshot(id)
            } catch let error as CancellationError {
                throw error
            } catch {
                failures.withLock { $0.append((id, error)) }
                return
            }
            let count = removed.withLock { count in
                count += 1
                return count
            }
            onRemoved(count)
        }
        return failures.withLock { $0 }.sorted { $0.id < $1.id }
    }
}
