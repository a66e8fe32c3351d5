// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Removes data that no snapshot needs: `velero restic prune`.
struct PruneCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "prune",
        abstract: "Remove data that no snapshot needs any more.",
        discussion: """
            Killed at any moment it leaves a sound repository; the next prune goes on where it stopped. Nothing is removed
            when a snapshot or tree cannot be read or needed data is missing.
            """,
        examples: [
            "velero restic prune",
            "velero restic prune --dry-run --max-unused 0",
        ]
    )

    @Flag(name: [.customShort("n"), .long], help: "Only tell what would be done.")
    var dryRun = false

    @OptionGroup var flags: PruneFlags
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let isDryRun = dryRun
        try await withRepository(.exclusive(isOptional: isDryRun), in: context) { session in
            let packByteCount = session.repository.options.packTargetByteCount
            let options = try flags.options(isDryRun: isDryRun, packByteCount: packByteCount)
            try await session.loadIndex()
            let plan = try await session.prune(options)
            if session.console.isJSON { session.console.write(PruneText.json(plan, isDryRun: isDryRun)) }
        }
    }
}
