// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

/// Something that belongs to a backup and is deleted with it.
protocol BackupDeletionPart: Sendable {
    /// Deletes it; repeatable, since what is gone already is no failure.
    ///
    /// - Returns: What could not be deleted, for people; empty if all is gone.
    func delete(_ backup: BackupReference) async throws -> [String]
}

/// Names a backup whose resource may be gone.
struct BackupReference: Sendable, Hashable {
    var name: String
    /// Nil if it is not known; a backup of the same name made later has another.
    var uid: String?
}
