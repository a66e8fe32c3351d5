// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

extension RepositorySession {
    /// The exclusive lock that everything which removes files asks for.
    ///
    /// - Throws: ``CommandFailure`` when the command runs without a lock.
    var exclusiveLock: LockGuard {
        get throws(CommandFailure) {
            guard let lock, lock.kind == .exclusive else {
                throw CommandFailure("this changes the repository and needs its lock; leave out --no-lock")
            }
            return lock
        }
    }

    /// Plans a prune, tells about it, and carries it out unless it is a dry run.
    ///
    /// The index must be loaded.
    ///
    /// - Parameter ignoring: Snapshots just removed, or about to be.
    /// - Returns: The plan.
    func prune(_ options: PruneOptions, ignoring: Set<SnapshotID> = []) async throws -> PrunePlan {
        let console = console
        console.say("finding data that is still in use...")
        let progress = WorkProgress(console)
        let show: @Sendable (PruneStep) -> Void = { Self.show($0, progress, console) }
        let (plan, work) = try await progress.run {
            progress.begin("trees")
            return try await repository.planPrune(options, ignoring: ignoring, onStep: show)
        }
        if options.isDryRun {
            console.say()
            console.say("Would have made the following changes:")
        }
        console.say()
        for line in PruneText.details(plan) { console.detail(line) }
        for line in PruneText.summary(plan) { console.say(line) }
        console.say()
        guard !options.isDryRun else { return plan }
        let lock = try exclusiveLock
        try await progress.run {
            try await repository.prune(plan, work, holding: lock, onStep: show)
        }
        try await removeLeftovers()
        console.say("done")
        return plan
    }

    private static func show(_ step: PruneStep, _ progress: WorkProgress, _ console: Console) {
        switch step {
        case .walkedTree, .deleted: progress.add()
        case .repacking(let count, let byteCount):
            progress.end()
            console.say("repacking \(count) packs")
            progress.begin("packs repacked", total: count, byteCount: byteCount)
        case .repacked(let byteCount): progress.add(byteCount: byteCount)
        case .rewritingIndex:
            progress.end()
            console.say("rebuilding index")
        case .deleting(let count):
            progress.end()
            console.say("removing \(count) packs")
            progress.begin("packs deleted", total: count)
        case .deletionFailed(let key, let error):
            let reason = FailureText.failure(for: error).message
            console.warn("\(key) could not be removed (\(reason)); the next prune tries again")
        }
    }
}
