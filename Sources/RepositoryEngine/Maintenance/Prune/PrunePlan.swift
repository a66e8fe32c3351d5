// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// What prune will do, decided from numbers alone.
package struct PrunePlan: Sendable {
    /// Files no index lists: left by interrupted runs.
    package var removeFirst: [PackID] = []
    /// Packs with nothing needed.
    package var remove: [PackID] = []
    /// Packs whose needed blobs move to new packs.
    package var repack: [PackID] = []
    /// Packs of the index that do not exist and hold nothing needed.
    package var ignore: [PackID] = []
    package var totals = PruneTotals()

    /// Decides.
    ///
    /// - Parameters:
    ///   - listed: Size of every pack file in the store, in bytes.
    ///   - isFormat2: Whether the repository may compress.
    /// - Throws: ``RepositoryError`` with `.corrupt` when index and store disagree about a needed pack: nothing may be removed then.
    static func decide(
        _ summary: PackUsageSummary,
        listed: [PackID: Int],
        isFormat2: Bool,
        packTargetByteCount: Int,
        options: PruneOptions
    ) throws -> PrunePlan {
        var plan = PrunePlan()
        plan.totals.duplicateBlobCount = summary.duplicateBlobCount
        plan.totals.duplicateByteCount = summary.duplicateByteCount
        var candidates: [Candidate] = []
        var small: [Candidate] = []
        let smallByteCount =
            options.smallPackByteCount
            ?? defaultSmallByteCount(listed: listed, packTargetByteCount: packTargetByteCount)

        var known: Set<PackID> = []
        for pack in summary.packs {
            known.insert(pack.id)
            plan.totals.count(pack)
            guard let byteCount = listed[pack.id] else {
                guard pack.usedBlobCount == 0 else { throw missing(pack) }
                plan.ignore.append(pack.id)
                continue
            }
            if pack.usedBlobCount == 0 {
                plan.remove.append(pack.id)
                plan.totals.removedBlobCount += pack.unusedBlobCount
                plan.totals.removedByteCount += pack.unusedByteCount
                continue
            }
            guard byteCount == pack.expectedByteCount else { throw mismatch(pack, byteCount) }
            let mustCompress =
                isFormat2 && pack.holdsUncompressed && (pack.content == .tree || options.repacksUncompressed)
            if options.repacksCacheableOnly, pack.content == .data { continue }
            let candidate = Candidate(pack: pack, byteCount: byteCount, mustCompress: mustCompress)
            if pack.unusedBlobCount == 0, pack.content != .mixed, !mustCompress {
                if byteCount < smallByteCount { small.append(candidate) }
            } else {
                candidates.append(candidate)
            }
        }
        for id in listed.keys.sorted() where !known.contains(id) {
            plan.removeFirst.append(id)
            plan.totals.unindexedByteCount += listed[id] ?? 0
        }
        if small.count >= smallPackLimit { candidates += small }
        plan.chooseRepacks(candidates, smallByteCount: smallByteCount, options: options)
        return plan
    }

    /// Fewer small packs than this are left alone: merging them gains nothing.
    private static let smallPackLimit = 10

    private struct Candidate {
        var pack: PackUsage
        var byteCount: Int
        var mustCompress: Bool

        /// Unused bytes per used byte, without division by zero.
        func isWorse(than other: Candidate) -> Bool {
            pack.unusedByteCount.multipliedFullWidth(by: max(1, other.pack.usedByteCount))
                > other.pack.unusedByteCount.multipliedFullWidth(by: max(1, pack.usedByteCount))
        }
    }

    private mutating func chooseRepacks(_ candidates: [Candidate], smallByteCount: Int, options: PruneOptions) {
        let sorted = candidates.sorted { left, right in
            let leftIsData = left.pack.content == .data
            if leftIsData != (right.pack.content == .data) { return !leftIsData }
            let leftIsSmall = left.byteCount < smallByteCount
            if leftIsSmall != (right.byteCount < smallByteCount) { return leftIsSmall }
            if left.isWorse(than: right) { return true }
            if right.isWorse(than: left) { return false }
            return left.pack.id < right.pack.id
        }
        let limit = unusedLimit(options.unusedLimit)
        var remainingUnused = totals.unusedByteCount - totals.removedByteCount
        var repackByteCount = 0
        for candidate in sorted {
            let pack = candidate.pack
            let exceeds = options.maximumRepackByteCount.map { repackByteCount + candidate.byteCount > $0 } ?? false
            if exceeds { continue }
            if pack.content == .data, !candidate.mustCompress, remainingUnused < limit || limit == .max,
                candidate.byteCount >= smallByteCount
            {
                continue
            }
            repack.append(pack.id)
            repackByteCount += candidate.byteCount
            remainingUnused -= pack.unusedByteCount
            totals.repackedBlobCount += pack.usedBlobCount + pack.unusedBlobCount
            totals.repackedByteCount += pack.usedByteCount + pack.unusedByteCount
            totals.droppedByRepackBlobCount += pack.unusedBlobCount
            totals.droppedByRepackByteCount += pack.unusedByteCount
        }
    }

    private func unusedLimit(_ limit: PruneOptions.UnusedLimit) -> Int {
        switch limit {
        case .unlimited: .max
        case .bytes(let count): count
        case .percentOfTotal(let percent):
            percent >= 100 ? .max : Int((Double(totals.usedByteCount) * percent / (100 - percent)).rounded(.down))
        }
    }

    private static func defaultSmallByteCount(listed: [PackID: Int], packTargetByteCount: Int) -> Int {
        guard !listed.isEmpty else { return packTargetByteCount * 8 / 10 }
        let sizes = listed.values.sorted()
        return max(4 << 20, sizes[sizes.count * 3 / 100]) * 8 / 10
    }

    private static func missing(_ pack: PackUsage) -> RepositoryError {
        RepositoryError(
            .corrupt,
            "Pack \(pack.id) holds \(pack.usedBlobCount) needed blobs but does not exist; nothing was removed. "
                + "Run `repair index`, then `check`."
        )
    }

    private static func mismatch(_ pack: PackUsage, _ byteCount: Int) -> RepositoryError {
        RepositoryError(
            .corrupt,
            "Pack \(pack.id) has \(byteCount) bytes where the index says \(pack.expectedByteCount); nothing was removed. "
                + "Run `repair index`."
        )
    }
}

/// What a prune finds and does, in blobs and bytes.
package struct PruneTotals: Sendable, Equatable {
    package var usedBlobCount = 0
    package var usedByteCount = 0
    package var unusedBlobCount = 0
    package var unusedByteCount = 0
    package var duplicateBlobCount = 0
    package var duplicateByteCount = 0
    package var unindexedByteCount = 0
    package var repackedBlobCount = 0
    package var repackedByteCount = 0
    package var droppedByRepackBlobCount = 0
    package var droppedByRepackByteCount = 0
    package var removedBlobCount = 0
    package var removedByteCount = 0

    package init() {}

    mutating func count(_ pack: PackUsage) {
        usedBlobCount += pack.usedBlobCount
        usedByteCount += pack.usedByteCount
        unusedBlobCount += pack.unusedBlobCount
        unusedByteCount += pack.unusedByteCount
    }

    /// Bytes the store will have less.
    package var freedByteCount: Int { removedByteCount + droppedByRepackByteCount + unindexedByteCount }
    package var remainingBlobCount: Int {
        usedBlobCount + unusedBlobCount - removedBlobCount - droppedByRepackBlobCount
    }
    package var remainingByteCount: Int {
        usedByteCount + unusedByteCount - removedByteCount - droppedByRepackByteCount
    }
    package var remainingUnusedByteCount: Int { unusedByteCount - removedByteCount - droppedByRepackByteCount }
}
