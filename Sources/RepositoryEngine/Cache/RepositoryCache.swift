// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat

/// A directory for what need not be fetched and decoded again; works without one.
package struct RepositoryCache: Sendable {
    /// Directory of all caches of this program.
    package var directory: String
    /// Told once when the cache cannot be used; the repository works without it.
    package var onWarning: @Sendable (String) -> Void

    package init(directory: String, onWarning: @escaping @Sendable (String) -> Void = { _ in }) {
        self.directory = directory
        self.onWarning = onWarning
    }

    func opened(repository: RepositoryID, masterKey: CipherKey) throws -> OpenedCache? { nil }
}

/// The cache of one opened repository.
final class OpenedCache: Sendable {
    func store(_ batch: IndexBatch) async {}
    func flushIndex() async {}
    func loadIndex(_ wanted: Set<IndexID>, listed: Set<IndexID>, into index: MasterIndex) async throws -> Set<IndexID> {
        []
    }
    func snapshotFile(_ id: SnapshotID) async -> [UInt8]? { nil }
    func storeSnapshotFile(_ sealed: [UInt8], id: SnapshotID) async {}
    func bytes(of copy: PackedBlob, index: MasterIndex, storage: any ObjectStorage) async -> [UInt8]? { nil }
}
