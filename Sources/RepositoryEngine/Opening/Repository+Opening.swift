// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ObjectStorage
import ResticFormat

extension Repository {
    /// Makes a new repository; the config is stored last, so that a repository exists only when all of it does.
    ///
    /// - Throws: ``RepositoryError`` with `.alreadyInitialized` when there is a config, a key or a snapshot already.
    package static func initialize(
        on storage: any ObjectStorage,
        password: RepositoryPassword,
        options: InitializeOptions = InitializeOptions()
    ) async throws -> Repository {
        try await storage.createContainer()
        try await refuseExisting(storage)
        var generator = SystemRandomNumberGenerator()
        let masterKey = try CipherKey.random(using: &generator)
        let config = RepositoryConfig(version: options.version, polynomial: options.polynomial, using: &generator)
        let identity = options.open.identity
        let keyID = try await KeyRing(storage: storage).add(
            masterKey,
            password: password,
            parameters: try options.keyDerivation ?? KeyCalibration.parameters(clock: options.open.clock),
            origin: .init(
                created: options.open.wallClock.now(),
                username: identity.username,
                hostname: identity.hostname
            )
        )
        let cipher = try MessageCipher(key: masterKey)
        let file = config.file(cipher: cipher, iv: InitializationVector(using: &generator))
        try await storage.put(RepositoryLayout.config, ObjectBody(file))
        return try Repository(
            storage: storage,
            config: config,
            key: .init(id: keyID, masterKey: masterKey),
            options: options.open
        )
    }

    /// Opens an existing repository.
    ///
    /// - Throws: ``RepositoryError``: `.containerMissing`, `.foreignContent` or `.noRepository` when there is none,
    ///   `.wrongPassword` when no key opens, `.corrupt` for a damaged key or config, `.unsupported` for an unknown version.
    package static func open(
        on storage: any ObjectStorage,
        password: RepositoryPassword,
        options: OpenOptions = OpenOptions()
    ) async throws -> Repository {
        let file = try await configFile(storage)
        let key = try await KeyRing(storage: storage).open(password: password, hint: options.keyHint)
        let config: RepositoryConfig
        do {
            config = try RepositoryConfig(file: file.span, cipher: MessageCipher(key: key.masterKey))
        } catch let error as FormatError where error.code == .unsupported {
            throw RepositoryError(
                .unsupported,
                "The repository at \(storage.location) needs a newer program.",
                cause: error
            )
        } catch {
            throw RepositoryError(
                .corrupt,
                "The config file of the repository at \(storage.location) is damaged; restore it from a copy of the repository.",
                cause: error
            )
        }
        return try Repository(storage: storage, config: config, key: key, options: options)
    }

    private static func refuseExisting(_ storage: any ObjectStorage) async throws {
        func refuse(_ what: String) -> RepositoryError {
            RepositoryError(
                .alreadyInitialized,
                "There is \(what) at \(storage.location) already; open it, or choose another place for the new repository."
            )
        }
        do {
            _ = try await storage.stat(RepositoryLayout.config)
            throw refuse("a repository")
        } catch let error as StorageError where error.code == .notFound {
            // As it should be.
        }
        for folder in [RepositoryLayout.Folder.keys, .snapshots] {
            let objects = try await storage.listAll(prefix: folder.prefix)
            if !objects.isEmpty { throw refuse("part of a repository (\(folder.rawValue)/)") }
        }
    }

    private static func configFile(_ storage: any ObjectStorage) async throws -> [UInt8] {
        let location = storage.location
        do {
            let file = try await storage.get(RepositoryLayout.config)
            guard !file.isEmpty else {
                throw RepositoryError(
                    .corrupt,
                    "The config file of the repository at \(location) is empty; restore it from a copy of the repository."
                )
            }
            return file
        } catch let error as StorageError where error.code == .containerNotFound {
            throw RepositoryError(
                .containerMissing,
                "There is no repository at \(location): the bucket or directory does not exist. Check the name, or run `init`.",
                cause: nil
            )
        } catch let error as StorageError where error.code == .notFound {
            throw try await diagnoseMissingConfig(storage)
        }
    }

    /// Says what is at a place that has no config file.
    private static func diagnoseMissingConfig(_ storage: any ObjectStorage) async throws -> RepositoryError {
        let location = storage.location
        var first: ObjectInfo?
        do {
            for folder in [RepositoryLayout.Folder.keys, .snapshots, .index] {
                first = try await storage.listAll(prefix: folder.prefix).first
                if first != nil {
                    return RepositoryError(
                        .corrupt,
                        "The repository at \(location) has lost its config file; restore it from a copy of the repository."
                    )
                }
            }
            struct Found: Error {}
            do {
                try await storage.list(prefix: "") { page in
                    if let object = page.first {
                        first = object
                        throw Found()
                    }
                }
            } catch is Found {
                // One object is enough to know.
            } catch let error as StorageError where error.code == .invalid {
                // Something a store would never have made, such as a symbolic link.
                return RepositoryError(
                    .foreignContent,
                    "There is no repository at \(location), but other files. Check the location.",
                    cause: error
                )
            }
        } catch let error as StorageError where error.code == .containerNotFound {
            return RepositoryError(
                .containerMissing,
                "There is no repository at \(location): the bucket or directory does not exist. Check the name, or run `init`."
            )
        }
        if let first {
            return RepositoryError(
                .foreignContent,
                "There is no repository at \(location), but other files (\(first.key)). Check the location."
            )
        }
        return RepositoryError(.noRepository, "There is no repository at \(location) yet. Run `init` to make one.")
    }
}
