// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat

/// What a ``BlobWriter`` needs of its repository.
struct WriterContext: Sendable {
    var storage: any ObjectStorage
    var codecs: CodecPool
    var files: RepositoryFiles
    var clock: any Clock<Duration>
    var packTargetByteCount: Int
    /// Uploads at once.
    var uploadCount: Int
    /// Open data packs; each is filled by one worker at a time.
    var openPackCount: Int
    var compressesData: Bool
    var compressesTrees: Bool
    var verifiesUploads: Bool
    /// Told of each index file saved, for the cache.
    var onIndexSaved: @Sendable (IndexBatch) async -> Void

    func compresses(_ kind: BlobKind) -> Bool {
        switch kind {
        case .data: compressesData
        case .tree: compressesTrees
        }
    }
}
