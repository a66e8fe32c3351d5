// SPDX-License-Identifier: Apache-2.0

import ObjectStorage

extension Repository {
    /// No file takes a day to be written.
    private static let leftoverAge: Duration = .seconds(86_400)

    /// Removes files that were being written when a process died, a day ago or longer; needs no lock.
    ///
    /// - Returns: How many were removed.
    package func removeLeftovers() async throws -> Int {
        var count = 0
        for folder in RepositoryLayout.Folder.allCases {
            count += try await storage.removeLeftovers(below: folder.prefix, olderThan: Self.leftoverAge)
        }
        return count
    }
}
