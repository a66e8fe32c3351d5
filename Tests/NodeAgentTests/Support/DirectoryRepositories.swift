// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import LocationAccess
import ObjectStorage
import RepositoryEngine
import Synchronization
import TestSupport

/// Repositories in directories, one for each namespace, made when they are first asked for and opened once.
final class DirectoryRepositories: RepositoryProvider {
    private let root: String
    private let wrap: @Sendable (any ObjectStorage) -> any ObjectStorage
    private let opened = Mutex<[RepositoryKey: Repository]>([:])
    private let turns = KeyTurns()
    /// How often a repository was opened or made.
    let openCount = Shared(0)

    /// - Parameter wrap: Puts something between a repository and its directory.
    init(root: String, wrap: @escaping @Sendable (any ObjectStorage) -> any ObjectStorage = { $0 }) {
        self.root = root
        self.wrap = wrap
    }

    /// Where the repository of a namespace is.
    func path(_ namespace: String) -> String { root + "/" + namespace }

    /// Closes all, as the end of a process does.
    func forget() { opened.withLock { $0 = [:] } }

    func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result {
        try await body(repository(key))
    }

    private func repository(_ key: RepositoryKey) async throws -> Repository {
        try await turns.withTurn {
            if let known = self.opened.withLock({ $0[key] }) { return known }
            let storage = self.wrap(DirectoryStorage(root: self.path(key.namespace)))
            let password = RepositoryPassword(ResticProgram.password)
            let repository: Repository
            do {
                repository = try await Repository.open(on: storage, password: password)
            } catch let error as RepositoryError where error.code == .containerMissing || error.code == .noRepository {
                var options = InitializeOptions()
                options.keyDerivation = Scrypt.Parameters(costFactor: 1024, blockFactor: 8, parallelism: 1)
                repository = try await Repository.initialize(on: storage, password: password, options: options)
            }
            self.openCount.change { $0 += 1 }
            self.opened.withLock { $0[key] = repository }
            return repository
        }
    }
}
