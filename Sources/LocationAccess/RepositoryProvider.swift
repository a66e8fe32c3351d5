// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine

/// Lends opened repositories to whoever moves the data of volumes or maintains them.
package protocol RepositoryProvider: Sendable {
    /// Runs `body` with an opened repository, which is opened once for all that use it at the same time and closed some time after
    /// the last of them.
    ///
    /// Each user takes a lock of its own, and loads the index under it: others may have changed the repository since it was opened.
    ///
    /// - Throws: ``RepositoryError``, storage errors, a failure to resolve the location, and what `body` throws.
    func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result

    /// Refuses what may not be done with a repository before any work is begun.
    ///
    /// - Throws: ``LocationError`` with `.readOnly` or `.otherRepository`.
    func check(_ purpose: RepositoryPurpose, of key: RepositoryKey) async throws
}

extension RepositoryProvider {
    /// Allows everything.
    package func check(_ purpose: RepositoryPurpose, of key: RepositoryKey) async throws {}

    /// Runs `body` with an opened repository, for a purpose that is checked first.
    package func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        for purpose: RepositoryPurpose,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result {
        try await check(purpose, of: key)
        return try await withRepository(key, body)
    }
}

/// What a repository is wanted for.
package struct RepositoryPurpose: Sendable, Hashable {
    /// Whether something is stored or removed.
    package var writes: Bool
    /// The repository as the resource at hand names it, which must mean the one the location names; nil or empty for no such claim.
    package var identifier: String?

    /// To restore from it.
    package static let reading = RepositoryPurpose(writes: false, identifier: nil)

    /// To store something for a resource that names the repository so.
    package static func writing(for identifier: String?) -> RepositoryPurpose {
        RepositoryPurpose(writes: true, identifier: identifier)
    }
}

/// The repository of one namespace's volumes in one location.
package struct RepositoryKey: Sendable, Hashable, CustomStringConvertible {
    /// The namespace whose pods' volumes are stored there.
    package let namespace: String
    /// Name of the BackupStorageLocation.
    package let location: String

    package init(namespace: String, location: String) {
        self.namespace = namespace
        self.location = location
    }

    package var description: String { "\(namespace) in \(location)" }
}
