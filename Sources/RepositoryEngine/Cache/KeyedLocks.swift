// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms

/// Mutual exclusion by digest, for work that is wasted when done twice at once; different digests may share a lock.
final class KeyedLocks: Sendable {
    private let semaphores = (0..<16).map { _ in AsyncSemaphore(limit: 1) }

    /// Runs `body` alone among bodies of this digest; returns nil when the task is cancelled while waiting.
    func withLock<R>(_ digest: Digest256, _ body: () async -> R?) async -> R? {
        let semaphore = semaphores[Int(truncatingIfNeeded: digest.words.0) & 15]
        do {
            try await semaphore.wait()
        } catch {
            return nil
        }
        defer { semaphore.signal() }
        return await body()
    }
}
