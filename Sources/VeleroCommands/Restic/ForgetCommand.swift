// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Removes snapshots by name or by policy: `velero restic forget`.
struct ForgetCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "forget",
        abstract: "Remove snapshots by name, or all that a policy does not keep.",
        discussion: """
            A policy is applied to each group of snapshots on its own; by default a group shares host and paths. The data stays
            until `prune` removes what no snapshot needs; --prune does it at once.
            """,
        examples: [
            "velero restic forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --prune",
            "velero restic forget 1a2b3c4d",
        ]
    )

    @Argument(help: ArgumentHelp("Remove these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @OptionGroup(title: "What to keep") var retention: RetentionFlags

    @Flag(help: "Let a policy without keep rules remove every snapshot that the filters select.")
    var unsafeAllowRemoveAll = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots of this host; may be repeated. [env: RESTIC_HOST]", valueName: "host")
    )
    var host: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots with all these tags; repeat for alternatives.", valueName: "tag,tag")
    )
    var tag: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots of this path; repeat to require all.", valueName: "path")
    )
    var path: [String] = []

    @Option(
        name: [.customShort("g", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Group by host, paths, tags, several of them, or nothing.", valueName: "what,what")
    )
    var groupBy = "host,paths"

    @Flag(name: .shortAndLong, help: "One line per snapshot and tag, without paths.")
    var compact = false

    @Flag(name: [.customShort("n"), .long], help: "Only tell what would be removed.")
    var dryRun = false

    @Flag(help: "Run prune if any snapshot was removed.")
    var prune = false

    @OptionGroup(title: "Flags of prune") var pruneFlags: PruneFlags
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let request = try request(in: context)
        try await withRepository(.exclusive(isOptional: dryRun), in: context) { session in
            let packByteCount = session.repository.options.packTargetByteCount
            let pruneOptions = try pruneFlags.options(isDryRun: request.isDryRun, packByteCount: packByteCount)
            let found = try await session.snapshots(names, filter: request.filter)
            let removal = names.isEmpty ? try request.byPolicy(found, session) : found.map(\.id)
            try await remove(removal, session)
            if prune, !removal.isEmpty {
                session.console.say("running prune")
                try await session.loadIndex()
                _ = try await session.prune(pruneOptions, ignoring: Set(removal))
            }
        }
    }

    private func request(in context: CommandContext) throws -> ForgetRequest {
        let grouping = try GroupingCriteria(argument: groupBy)
        var hosts = host
        if hosts.isEmpty, let preset = context.variable("RESTIC_HOST") { hosts = [preset] }
        let filter = SnapshotFilter(
            hosts: hosts.filter { !$0.isEmpty },
            tagLists: TagLists.parse(tag).map { list in list.filter { !$0.isEmpty } },
            paths: path.map { context.absolutePath($0) }
        )
        let policy = try retention.policy
        if names.isEmpty {
            if unsafeAllowRemoveAll, filter.isEmpty {
                throw CommandFailure("--unsafe-allow-remove-all needs a filter as well: --host, --tag or --path")
            }
            if policy.isEmpty, !unsafeAllowRemoveAll {
                throw CommandFailure(
                    "no policy was specified, no snapshots will be removed; name snapshots, or say what to keep, e.g. --keep-daily 7"
                )
            }
        }
        return ForgetRequest(
            policy: policy,
            grouping: grouping,
            filter: filter,
            allowsRemovingAll: unsafeAllowRemoveAll,
            isCompact: compact,
            isDryRun: dryRun
        )
    }

    private func remove(_ ids: [SnapshotID], _ session: RepositorySession) async throws {
        let console = session.console
        guard !ids.isEmpty else { return }
        guard !dryRun else {
            console.say("Would have removed the following snapshots:")
            console.say("{\(ids.map(\.shortHex).sorted().joined(separator: " "))}")
            return console.say()
        }
        let failures = try await session.repository.removeSnapshots(ids, holding: try session.exclusiveLock)
        for (id, error) in failures {
            console.warn("snapshot \(id.shortHex) could not be removed: \(FailureText.failure(for: error).message)")
        }
        console.say("removed \(ids.count - failures.count) snapshots")
        guard failures.isEmpty else {
            throw CommandFailure(
                .incomplete,
                "\(failures.count) of \(ids.count) snapshots could not be removed; run the command again"
            )
        }
    }
}
