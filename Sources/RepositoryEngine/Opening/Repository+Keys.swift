// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms
import ObjectStorage
package import ResticFormat

/// A key file as listings show it.
package struct KeyDescription: Sendable {
    package var id: KeyID
    package var file: KeyFile
    /// Whether this key opened the repository.
    package var isCurrent: Bool
}

extension Repository {
    private var keyRing: KeyRing { KeyRing(storage: storage) }

    /// All key files.
    package func listKeys() async throws -> [KeyDescription] {
        var keys: [KeyDescription] = []
        for id in try await keyRing.list() {
            keys.append(KeyDescription(id: id, file: try await keyRing.load(id), isCurrent: id == keyID))
        }
        return keys
    }

    /// Adds a key with another password; the master key stays the same.
    ///
    /// - Parameter identity: Shown in listings; this process if nil.
    package func addKey(
        password: RepositoryPassword,
        identity: HolderIdentity? = nil,
        parameters: Scrypt.Parameters? = nil
    ) async throws -> KeyID {
        let identity = identity ?? options.identity
        return try await keyRing.add(
            masterKey,
            password: password,
            parameters: try parameters ?? KeyCalibration.parameters(clock: options.clock),
            origin: .init(
                created: options.wallClock.now(),
                username: identity.username,
                hostname: identity.hostname
            )
        )
    }

    /// Removes a key by its full or abbreviated id.
    ///
    /// - Throws: ``RepositoryError`` with `.invalid` for the key in use, `.ambiguous` or `.noSnapshot`-like errors never.
    package func removeKey(_ prefix: String) async throws -> KeyID {
        let matches = try await keyRing.list().filter { $0.hex.hasPrefix(prefix) }
        guard let id = matches.first else {
            throw RepositoryError(.invalid, "No key begins with \(prefix); `key list` shows all.")
        }
        guard matches.count == 1 else {
            throw RepositoryError(.ambiguous, "\(matches.count) keys begin with \(prefix); give more digits.")
        }
        guard id != keyID else {
            throw RepositoryError(
                .invalid,
                "Key \(id.shortHex) is the one in use and cannot be removed; open the repository with another key first."
            )
        }
        try await storage.delete(RepositoryLayout.key(id))
        return id
    }

    /// Adds a key with a new password, then removes the one in use.
    package func changePassword(
        to password: RepositoryPassword,
        identity: HolderIdentity? = nil,
        parameters: Scrypt.Parameters? = nil
    ) async throws -> KeyID {
        let id = try await addKey(password: password, identity: identity, parameters: parameters)
        try await storage.delete(RepositoryLayout.key(keyID))
        return id
    }
}
