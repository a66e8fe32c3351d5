// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat

extension Repository {
    /// Looks for everything that is wrong with the repository; changes nothing.
    ///
    /// Loads the index itself, so call it on a repository just opened.
    ///
    /// - Parameters:
    ///   - onFinding: Told of each finding as it is made, from any thread.
    ///   - generator: Chooses packs for a random subset.
    /// - Throws: What prevents checking at all, or `CancellationError`; damage is a finding.
    package func check(
        _ options: CheckOptions,
        using generator: inout some RandomNumberGenerator,
        onStep: @escaping @Sendable (CheckStep) -> Void = { _ in },
        onFinding: @escaping @Sendable (CheckFinding) -> Void
    ) async throws -> CheckReport {
        let run = CheckRun(repository: self, onFinding: onFinding)
        onStep(.loadingIndex)
        let snapshots = try await snapshots(for: options, run)
        try await loadIndex(onFailure: { file, error in
            run.report(.error, .unreadableIndex, "index file \(file) cannot be read: \(error)")
        })
        guard !run.lacksIndex else {
            return run.finish(snapshotCount: snapshots.count, packCount: 0, readPackCount: 0)
        }
        run.checkIndex()
        onStep(.listingPacks)
        let packs = try await run.checkPacks()
        onStep(.walkingTrees(snapshots: snapshots.count))
        try await run.checkTrees(snapshots.map(\.snapshot.tree), reportsUnused: options.reportsUnused, onStep: onStep)
        let chosen = options.readData.choose(from: packs, using: &generator)
        try await run.readPacks(chosen.map { ($0, packs[$0] ?? 0) }, onStep: onStep)
        return run.finish(snapshotCount: snapshots.count, packCount: packs.count, readPackCount: chosen.count)
    }

    /// Snapshots are listed before the index is: then everything they refer to must be in it.
    private func snapshots(for options: CheckOptions, _ run: CheckRun) async throws -> [StoredSnapshot] {
        try await loadSnapshots(options.snapshots) { id, error in
            run.report(.error, .unreadableSnapshot, "snapshot \(id) cannot be read: \(error)")
        }
        .filter { options.filter.matches($0.snapshot) }
    }
}

extension ReadDataSelection {
    /// The packs to read, ascending.
    func choose(from packs: [PackID: Int], using generator: inout some RandomNumberGenerator) -> [PackID] {
        let all = packs.keys.sorted()
        switch self {
        case .none: return []
        case .all: return all
        case .part(let part, let count):
            return all.filter { Int($0.digest.words.0 >> 56) % count == part - 1 }
        case .percent(let percent):
            let wanted = min(all.count, max(1, Int(Double(all.count) * percent / 100)))
            return all.shuffled(using: &generator).prefix(wanted).sorted()
        case .bytes(let limit):
            var total = 0
            var chosen: [PackID] = []
            for pack in all.shuffled(using: &generator) {
                let byteCount = packs[pack] ?? 0
                if total + byteCount > limit, !chosen.isEmpty { continue }
                total += byteCount
                chosen.append(pack)
            }
            return chosen.sorted()
        }
    }
}
