// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat

/// The key files of a repository: finding the one a password opens, adding and removing.
struct KeyRing: Sendable {
    var storage: any ObjectStorage

    /// Keys tried at most, the hinted one not counted.
    static let maximumTrials = 20

    struct Opened: Sendable {
        var id: KeyID
        var masterKey: CipherKey
    }

    func list() async throws -> [KeyID] {
        try await storage.listAll(prefix: RepositoryLayout.Folder.keys.prefix)
            .compactMap { RepositoryLayout.id(ofKey: $0.key) as KeyID? }
            .sorted()
    }

    func load(_ id: KeyID) async throws -> KeyFile {
        let key = RepositoryLayout.key(id)
        let bytes = try await storage.get(key)
        guard SHA256.digest(bytes.span) == id.digest else {
            throw RepositoryError(.corrupt, "Key file \(key) is damaged: its content does not match its name.")
        }
        do {
            return try KeyFile(json: bytes)
        } catch {
            throw RepositoryError(.corrupt, "Key file \(key) cannot be read.", cause: error)
        }
    }

    /// Finds the key that `password` opens, trying keys that match `hint` first.
    func open(password: RepositoryPassword, hint: String?) async throws -> Opened {
        let keys = try await list()
        let hinted = hint.map { hint in keys.filter { $0.hex.hasPrefix(hint) } } ?? []
        let others = keys.filter { !hinted.contains($0) }
        guard !keys.isEmpty else {
            throw RepositoryError(
                .corrupt,
                "The repository at \(storage.location) has a config but no key file under keys/; restore the key files from a copy."
            )
        }
        var damage: (any Error)?
        for id in hinted + others.prefix(Self.maximumTrials) {
            do {
                if let key = try await open(id, password: password) { return Opened(id: id, masterKey: key) }
            } catch let error as RepositoryError where error.code == .corrupt {
                // Another key may open all the same.
                damage = damage ?? error
            } catch let error as StorageError where error.code == .notFound {
                // Removed since it was listed.
                continue
            }
        }
        if let damage { throw damage }
        let skipped = others.count - Self.maximumTrials
        let advice =
            skipped > 0
            ? " \(skipped) more keys were not tried; name the right one with --key-hint."
            : " Check the password, or name the key with --key-hint."
        throw RepositoryError(
            .wrongPassword,
            "Wrong password: none of \(hinted.count + min(others.count, Self.maximumTrials)) keys of the repository at "
                + "\(storage.location) opens with it." + advice
        )
    }

    /// The master key if `password` opens this key file; nil if it does not.
    func open(_ id: KeyID, password: RepositoryPassword) async throws -> CipherKey? {
        let file = try await load(id)
        do {
            return try password.withBytes { try file.masterKey(password: $0) }
        } catch let error as FormatError where error.code == .notAuthentic {
            return nil
        } catch {
            throw RepositoryError(.corrupt, "Key file \(id) cannot be used.", cause: error)
        }
    }

    /// Seals the master key under another password and proves that it opens before returning.
    func add(
        _ masterKey: CipherKey,
        password: RepositoryPassword,
        parameters: Scrypt.Parameters,
        origin: KeyFile.Origin
    ) async throws -> KeyID {
        let file = try password.withBytes { password in
            var generator = SystemRandomNumberGenerator()
            return try KeyFile.sealing(
                masterKey,
                password: password,
                parameters: parameters,
                origin: origin,
                using: &generator
            )
        }
        let json = file.json()
        let id = KeyID(SHA256.digest(json.span))
        try await storage.put(RepositoryLayout.key(id), ObjectBody(json, sha256Hex: id.hex))
        do {
            guard try await open(id, password: password) != nil else {
                throw RepositoryError(.corrupt, "The new key does not open with its own password.")
            }
        } catch {
            try? await storage.delete(RepositoryLayout.key(id))
            throw error
        }
        return id
    }
}
