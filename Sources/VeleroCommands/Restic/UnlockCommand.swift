// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Removes locks left behind: `velero restic unlock`.
struct UnlockCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "unlock",
        abstract: "Remove locks that dead processes left behind.",
        discussion: """
            A lock counts as left behind when it is older than 30 minutes, or when its process ran on this host and is gone.
            With --remove-all every lock goes: first make sure that nothing is working on the repository any more.
            """,
        examples: ["velero restic unlock"]
    )

    @Flag(help: "Remove all locks, also those of running processes.")
    var removeAll = false

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.none, in: context) { session in
            let removed = try await session.repository.unlock(removeAll ? .all : .stale)
            if !removed.isEmpty { session.console.say("removed \(removed.count) locks") }
            try await session.removeLeftovers()
            let left = try await session.repository.listLocks()
            for other in left {
                session.console.warn(
                    "kept the lock of process \(other.lock.processID) of \(other.lock.username)@\(other.lock.hostname), "
                        + "refreshed \(TimeText.local(other.lock.time)); --remove-all removes it as well"
                )
            }
        }
    }
}
