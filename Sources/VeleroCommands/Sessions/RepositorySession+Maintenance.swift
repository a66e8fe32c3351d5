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
        let (plan, work) = try await repository.planPrune(options, ignoring: ignoring)
        if options.isDryRun {
            console.say()
            console.say("Would have made the following changes:")
        }
        console.say()
        for line in PruneText.details(plan) { console.detail(line) }
        for line in PruneText.summary(plan) { console.say(line) }
        console.say()
        guard !options.isDryRun else { return plan }
        if !plan.repack.isEmpty { console.say("repacking \(plan.repack.count) packs") }
        try await repository.prune(plan, work, holding: try exclusiveLock) { step in
            switch step {
            case .planned, .deleted, .repacked: break
            case .rewritingIndex: console.say("rebuilding index and removing old packs")
            case .deletionFailed(let key, let error):
                let reason = FailureText.failure(for: error).message
                console.warn("\(key) could not be removed (\(reason)); the next prune tries again")
            }
        }
        console.say("done")
        return plan
    }
}
