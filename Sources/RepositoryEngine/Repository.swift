// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
package import ObjectStorage
package import ResticFormat

/// An opened repository: its storage, key, config, index and cache.
///
/// Made by ``initialize(on:password:options:)`` or ``open(on:password:options:)``; may be used by any number of tasks.
package final class Repository: Sendable {
    package let storage: any ObjectStorage
    package let config: RepositoryConfig
    /// The key file that opened the repository.
    package let keyID: KeyID
    package let options: OpenOptions
    /// Where blobs are; empty before ``loadIndex(progress:)``.
    package let index = MasterIndex()
    let masterKey: CipherKey
    let codecs: CodecPool
    let files: RepositoryFiles
    let trees: TreeStore
    let indexLoads = JoinedRuns()
    let cache: OpenedCache?
    /// Memory for the plaintexts of readers, at most one each for a few of them.
    let plaintextBuffers = RecycledBuffers(limit: 4, largestByteCount: 9 << 20)

    init(
        storage: any ObjectStorage,
        config: RepositoryConfig,
        key: KeyRing.Opened,
        options: OpenOptions
    ) throws {
        self.storage = storage
        self.config = config
        self.options = options
        keyID = key.id
        masterKey = key.masterKey
        codecs = CodecPool(key: key.masterKey, level: options.compression.level)
        files = RepositoryFiles(storage: storage, codecs: codecs, version: config.version)
        cache = try options.cache?.opened(repository: config.id, masterKey: key.masterKey)
        trees = TreeStore()
    }

    /// The random id of the repository.
    package var id: RepositoryID { config.id }

    /// The polynomial files are cut with.
    package var polynomial: Polynomial { config.polynomial }
}
