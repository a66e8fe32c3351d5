// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

/// What repositories hold besides blobs, opened for a person to look at.
extension Repository {
    /// The JSON of an index file.
    package func indexText(_ id: IndexID) async throws -> [UInt8] {
        try await files.json(
            RepositoryLayout.key(id),
            digest: id.digest,
            limit: RepositoryFiles.maximumIndexByteCount
        )
    }

    /// The JSON of a lock file.
    package func lockText(_ id: LockID) async throws -> [UInt8] {
        try await files.json(RepositoryLayout.key(id), digest: id.digest, limit: RepositoryFiles.maximumLockByteCount)
    }

    /// The JSON of a snapshot file as it is stored.
    package func snapshotText(_ id: SnapshotID) async throws -> [UInt8] {
        try await files.json(
            RepositoryLayout.key(id),
            digest: id.digest,
            limit: RepositoryFiles.maximumSnapshotByteCount
        )
    }

    /// The JSON of a key file, which is not sealed.
    package func keyText(_ id: KeyID) async throws -> [UInt8] {
        try await storage.get(RepositoryLayout.key(id))
    }

    /// The JSON of the master key: whoever has it can read everything, whatever happens to the passwords.
    package var masterKeyText: [UInt8] { masterKey.json() }
}
