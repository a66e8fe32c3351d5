// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import RepositoryEngine
import ResticFormat
import Synchronization

/// An opened repository and the console of the command that works on it.
struct RepositorySession: Sendable {
    let repository: Repository
    let settings: GlobalSettings
    let console: Console
    let context: CommandContext
    /// The lock held; nil when none is.
    var lock: LockGuard?

    /// Snapshots by name, or all that pass the filter, oldest first.
    ///
    /// Names that match nothing and snapshots that cannot be read are reported and left out, as restic does it.
    func snapshots(_ names: [String], filter: SnapshotFilter) async throws -> [StoredSnapshot] {
        guard !names.isEmpty else {
            let console = console
            let readable = try await repository.loadSnapshots { id, error in
                console.warn("Ignoring \(id): \(FailureText.failure(for: error).message)")
            }
            return readable.filter { filter.matches($0.snapshot) }
        }
        var found: [StoredSnapshot] = []
        for name in names {
            do {
                let stored = try await repository.resolveSnapshot(name, filter: filter)
                if !found.contains(where: { $0.id == stored.id }) { found.append(stored) }
            } catch let error as RepositoryError
                where [.noSnapshot, .ambiguous, .corrupt].contains(error.code)
            {
                console.warn("Ignoring \(name): \(error.message)")
            }
        }
        return found
    }

    /// Loads the index, saying so on a terminal when it takes long.
    func loadIndex() async throws {
        console.detail("load index files")
        let progress = Mutex<IndexLoadProgress?>(nil)
        let stopwatch = ContinuousClock()
        let start = stopwatch.now
        try await console.withProgress {
            guard let now = progress.withLock({ $0 }) else { return [] }
            let elapsed = start.duration(to: stopwatch.now)
            guard elapsed > .seconds(1) else { return [] }
            let done = now.cachedFileCount + now.loadedFileCount
            return [
                CountProgressText.line(elapsed: elapsed, done: done, total: now.fileCount, unit: "index files loaded")
            ]
        } while: {
            try await repository.loadIndex { now in progress.withLock { $0 = now } }
        }
    }
}

extension SnapshotFilterOptions {
    func filter(in context: CommandContext) -> SnapshotFilter {
        SnapshotFilter(hosts: hosts(in: context), tagLists: tagLists, paths: paths(in: context))
    }
}
