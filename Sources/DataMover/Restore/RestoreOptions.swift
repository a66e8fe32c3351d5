// SPDX-License-Identifier: Apache-2.0

package import AsyncPrimitives
package import ResticFormat

/// How a snapshot is restored.
package struct RestoreOptions: Sendable {
    package var overwrite = OverwritePolicy.always
    /// Leaves runs of zeros as holes in files that are new.
    package var writesSparseFiles = false
    /// Removes entries of restored directories that the snapshot does not have (`--delete`).
    package var deletesExtraEntries = false
    /// Looks and counts, writes nothing.
    package var isDryRun = false
    /// Which entries are restored; nil for all.
    package var selection: (any RestoreSelection)?
    /// Which extended attributes are restored; nil for all.
    package var restoresAttribute: (@Sendable (_ name: [UInt8]) -> Bool)?
    /// Gives files to the user and group of the names recorded, where this host has them, instead of the numbers.
    package var restoresOwnersByName = false
    package var rootMetadata = RootMetadata.ofVolume
    /// Threads that decrypt, verify and write.
    package var workerCount = 2
    /// Reads of packs in flight at once.
    package var readConcurrency = 2
    /// Told how long threads are in calls of the file system.
    package var monitor: BlockingMonitor?

    package init() {}
}

/// What happens to an entry that exists in the target; restic's words.
package enum OverwritePolicy: String, Sendable, CaseIterable {
    /// Whatever differs is rewritten.
    case always
    /// As `always`, but a file of equal size and modification time is taken to be right.
    case ifChanged = "if-changed"
    /// Only what is older than in the snapshot.
    case ifNewer = "if-newer"
    /// Nothing that exists is touched.
    case never
}

/// Whose metadata the target directory itself receives.
package enum RootMetadata: Sendable {
    /// None, as restic does it.
    case none
    /// That of the volume's root, where the snapshot has it (`volume_root`).
    case ofVolume
    /// That of this node, for instance of the sub-directory being restored.
    case of(Node)
}

/// Decides which entries of a snapshot are restored.
package protocol RestoreSelection: Sendable {
    /// Whether the entry at `path`, absolute within the snapshot, is restored, and whether something beneath it may be.
    func decision(_ path: [UInt8], isDirectory: Bool) -> (restores: Bool, descends: Bool)
}
