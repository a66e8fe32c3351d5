// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ObjectStorage
import ResticFormat

/// A local place for what need not be fetched and decoded again; a repository works as well without one.
///
/// Nothing in it is trusted: decoded indexes are sealed under a key derived from the repository's master key, copies of
/// repository files are verified like the files themselves. What is damaged is fetched again.
package struct RepositoryCache: Sendable {
    /// Holds the caches of all repositories, each below the hexadecimal id of its repository.
    package var storage: any ObjectStorage
    /// Whether to keep packs of trees; pointless when the repository itself is on a local disk.
    package var keepsTreePacks = true
    /// Most bytes of tree packs kept for one repository.
    package var treePackLimit = 1 << 30
    /// Told once, when the cache turns out to be unusable.
    package var onWarning: @Sendable (String) -> Void

    package init(storage: any ObjectStorage, onWarning: @escaping @Sendable (String) -> Void = { _ in }) {
        self.storage = storage
        self.onWarning = onWarning
    }

    /// A cache in a directory, made when first written to.
    package init(directory: String, onWarning: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(storage: DirectoryStorage(root: directory, initialDirectories: []), onWarning: onWarning)
    }

    func opened(repository: RepositoryID, masterKey: CipherKey) throws -> OpenedCache {
        try OpenedCache(cache: self, repository: repository, masterKey: masterKey)
    }
}
