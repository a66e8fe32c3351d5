// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import ObjectStorage
import RepositoryEngine
import ResticFormat

/// How much memory a prune needs, from numbers that are known before anything is loaded; decides only.
enum IndexMemory {
    /// Of an index in memory with what a prune marks in it, for each blob.
    private static let byteCountPerBlob = 52
    /// Packs, buffers and contexts, whatever the repository.
    private static let baseByteCount = 96 << 20
    /// What an index file spends on a blob at least: 64 digits and numbers, about a quarter of it once compressed.
    private static func storedByteCountPerBlob(_ version: RepositoryVersion) -> Int { version == .v1 ? 130 : 38 }

    /// Bytes needed at most.
    ///
    /// - Parameter indexByteCount: Of all index files as stored.
    static func estimate(indexByteCount: Int, version: RepositoryVersion) -> Int {
        baseByteCount + indexByteCount / storedByteCountPerBlob(version) * byteCountPerBlob
    }

    /// - Throws: ``LocationError`` if the limit would be passed.
    static func requireFits(indexByteCount: Int, version: RepositoryVersion, limit: Int?) throws {
        let needed = estimate(indexByteCount: indexByteCount, version: version)
        guard let limit, needed > limit else { return }
        throw LocationError(
            .incomplete,
            "maintenance needs about \(needed >> 20) MiB of memory for an index of \(indexByteCount >> 20) MiB, and the limit is "
                + "\(limit >> 20) MiB: give the server more memory, or run `velero restic prune` on this repository elsewhere"
        )
    }
}

extension Repository {
    /// Bytes of all index files as stored.
    func storedIndexByteCount() async throws -> Int {
        var sum = 0
        try await storage.list(prefix: RepositoryLayout.Folder.index.prefix) { page in
            for object in page { sum += object.byteCount }
        }
        return sum
    }
}
