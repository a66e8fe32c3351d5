// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat

extension Repository {
    /// Opens a scope in which blobs are stored, and stores what is still open when `body` returns.
    ///
    /// When this returns, every blob saved in it is stored and listed by an index file. When it throws, or its task is
    /// cancelled, packs may be left that no index file lists: ``adoptUnlistedPacks(holding:onStep:)`` lists them for the next
    /// backup, `prune` removes them.
    ///
    /// - Throws: What made an upload fail, else what `body` throws.
    ///
    /// - Parameter limits: Of this scope, for those that share a repository; by default those of its ``OpenOptions``.
    package func withBlobWriter<R>(
        limits: WriterLimits = WriterLimits(),
        _ body: (BlobWriter) async throws -> R
    ) async throws -> R {
        let writer = BlobWriter(context: writerContext(limits), index: index)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<writer.context.uploadCount {
                group.addTask { try await writer.runUploads() }
            }
            do {
                let result = try await body(writer)
                try await writer.flush()
                writer.queue.finish()
                try await group.waitForAll()
                await cache?.flushIndex()
                return result
            } catch {
                writer.queue.fail(error)
                group.cancelAll()
                throw writer.queue.failure ?? error
            }
        }
    }

    private func writerContext(_ limits: WriterLimits) -> WriterContext {
        WriterContext(
            storage: storage,
            codecs: codecs,
            files: files,
            clock: options.clock,
            packTargetByteCount: limits.packTargetByteCount ?? options.packTargetByteCount,
            uploadCount: max(1, limits.uploadCount ?? options.uploadCount ?? storage.recommendedConcurrency),
            openPackCount: max(1, options.openPackCount),
            compressesData: config.version != .v1 && options.compression != .off,
            compressesTrees: config.version != .v1,
            verifiesUploads: options.verifiesUploads,
            onIndexSaved: { [cache] batch in await cache?.store(batch) }
        )
    }
}
