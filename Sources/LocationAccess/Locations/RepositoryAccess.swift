// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine

/// Everything needed to reach the repository of a key at this moment.
package struct RepositoryAccess: Sendable {
    /// The repository in restic's notation, by the location's rules.
    package var identifier: String
    package var place: RepositoryPlace
    /// Whether the location allows no writing.
    package var isReadOnly: Bool
    /// Changes whenever an opened repository must be opened anew: place, connection, password, credentials.
    package var version: Version
    /// Marks locks taken from this cluster, so that they can be told from those of others that use the same place.
    package var clusterMark: String
    var password: RepositoryPassword
    /// Nil for directories.
    var connection: S3Connection?

    /// What an opened repository depends on; equal as long as nothing of it changed.
    package struct Version: Sendable, Hashable {
        var identifier: String
        var isReadOnly: Bool
        var config: [String: String]
        var certificates: String
        /// `uid/resourceVersion` of every Secret read, with the key in it where the location names one.
        var secrets: [String]
    }
}
