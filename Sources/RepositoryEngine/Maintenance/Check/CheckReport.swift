// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Which packs check reads in full.
package enum ReadDataSelection: Sendable, Equatable {
    case none
    case all
    /// Packs whose first id byte leaves remainder `part − 1` when divided by `of`: 1 … `of`, at most 256.
    case part(Int, of: Int)
    /// A random choice of about this many percent of the packs.
    case percent(Double)
    /// A random choice of packs of about this many bytes together.
    case bytes(Int)
}

/// What check looks at.
package struct CheckOptions: Sendable {
    package var readData = ReadDataSelection.none
    package var reportsUnused = false
    /// Which snapshots' trees are walked; all by default.
    package var filter = SnapshotFilter()
    /// Walk these only; overrides nothing of `filter`.
    package var snapshots: [SnapshotID]?

    package init() {}
}

/// Something check found.
package struct CheckFinding: Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// Data is damaged or missing: the check fails.
        case error
        /// Legal leftovers and inefficiencies.
        case hint
    }

    package enum Kind: String, Sendable {
        case unreadableIndex, duplicatePack, mixedPack, missingPack, packSize, orphanedPack
        case unreadableSnapshot, damagedTree, missingBlob, malformedNode, unusedBlob, damagedPack
        /// The pack could not be fetched, which says nothing about it.
        case unreachablePack
    }

    package var severity: Severity
    package var kind: Kind
    package var message: String
    /// The pack concerned, if one is.
    package var pack: PackID?

    init(_ severity: Severity, _ kind: Kind, _ message: String, pack: PackID? = nil) {
        self.severity = severity
        self.kind = kind
        self.message = message
        self.pack = pack
    }

    package var description: String { message }
}

/// The outcome of a check.
package struct CheckReport: Sendable {
    package var errorCount = 0
    /// Packs that `repair packs` can save what is left of.
    package var brokenPacks: Set<PackID> = []
    package var suggestsRepairIndex = false
    package var suggestsPrune = false
    package var snapshotCount = 0
    package var packCount = 0
    package var readPackCount = 0
    package var unusedBlobCount = 0
    /// Whether blobs are missing that packs outside the index may hold.
    package var missesBlobs = false
    package var orphanedPackCount = 0
    /// Whether an index file could not be read; the check ends there, since nearly everything else would look missing.
    package var hasUnreadableIndex = false

    mutating func note(_ finding: CheckFinding) {
        if finding.severity == .error { errorCount += 1 }
        switch finding.kind {
        case .damagedPack, .packSize: if let pack = finding.pack { brokenPacks.insert(pack) }
        case .unreadableIndex:
            hasUnreadableIndex = true
            suggestsRepairIndex = true
        case .duplicatePack: suggestsRepairIndex = true
        case .orphanedPack:
            orphanedPackCount += 1
            suggestsPrune = true
        case .mixedPack: suggestsPrune = true
        case .missingBlob, .damagedTree: missesBlobs = true
        default: break
        }
    }
}

/// Where a check is, for whoever shows progress.
package enum CheckStep: Sendable {
    case loadingIndex
    case listingPacks
    case walkingTrees(snapshots: Int)
    /// One more tree is checked.
    case walkedTree
    /// From now on packs are read, so many and of so many bytes.
    case readingPacks(packCount: Int, byteCount: Int)
    /// One more pack is read; its size.
    case readPack(byteCount: Int)
}
