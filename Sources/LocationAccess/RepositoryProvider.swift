// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine

/// Lends opened repositories to whoever moves the data of volumes or maintains them.
package protocol RepositoryProvider: Sendable {
    /// Runs `body` with an opened repository, which is opened once for all that use it at the same time and closed some time after
    /// the last of them.
    ///
    /// - Throws: ``RepositoryError``, storage errors, a failure to resolve the location, and what `body` throws.
    func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result
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
