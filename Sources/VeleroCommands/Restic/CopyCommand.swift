// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Copies snapshots from another repository: `velero restic copy`.
struct CopyCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "copy",
        abstract: "Copy snapshots, with their data, from another repository into this one.",
        discussion: """
            Snapshots that are here already are skipped, and so is data. Files are not cut anew: only a repository made with
            `init --copy-chunker-params` shares data between copies and backups of its own.
            """,
        examples: [
            "velero restic -r /srv/second copy --from-repo /srv/backup --from-password-file pw",
            "velero restic copy --from-repo s3:https://s3.example.org/bucket latest --host db1",
        ]
    )

    @Argument(help: ArgumentHelp("Only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @OptionGroup(title: "Where to copy from") var source: SourceOptions
    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let selection = try source.selection(in: context)
        guard selection.location != (try global.selection(in: context)).location else {
            throw CommandFailure("source and destination are the same repository: \(selection.location.shown)")
        }
        try await withRepository(.appending, in: context) { session in
            let opening = RepositoryOpening(settings: session.settings, context: context, console: session.console)
            try await opening.withStorage(selection) { storage, selection in
                let repository = try await opening.open(storage, selection)
                try await opening.withLock(.reading, on: repository) { lock in
                    let from = RepositorySession(
                        repository: repository,
                        settings: session.settings,
                        console: session.console,
                        context: context,
                        lock: lock
                    )
                    try await copy(from: from, to: session, context)
                }
            }
        }
    }

    private func copy(
        from source: RepositorySession,
        to destination: RepositorySession,
        _ context: CommandContext
    ) async throws {
        guard let lock = destination.lock else {
            throw CommandFailure("copying writes to the repository and needs its lock; leave out --no-lock")
        }
        let console = destination.console
        let chosen = try await source.snapshots(names, filter: filter.filter(in: context))
        let existing = try await destination.snapshots([], filter: SnapshotFilter())
        try await source.loadIndex()
        try await destination.loadIndex()
        let progress = WorkProgress(console)
        let totals = try await progress.run {
            try await source.repository.copy(
                chosen,
                to: destination.repository,
                existing: existing,
                holding: lock
            ) { Self.show($0, progress, console) }
        }
        guard totals.savedSnapshotCount > 0 else { return }
        let size = ByteCountText.format(totals.newByteCount)
        console.say()
        console.say("copied \(totals.savedSnapshotCount) snapshots with \(totals.newBlobCount) new blobs, \(size)")
    }

    private static func show(_ step: CopyStep, _ progress: WorkProgress, _ console: Console) {
        switch step {
        case .skipped(let stored, let twin):
            console.detail("")
            console.detail(SnapshotText.introduction(stored.id, stored.snapshot))
            console.detail(
                "skipping source snapshot \(stored.id.shortHex), was already copied to snapshot \(twin.shortHex)"
            )
        case .walking(let stored):
            progress.end()
            console.say()
            console.say(SnapshotText.introduction(stored.id, stored.snapshot))
            progress.begin("trees", tellsEnd: false)
        case .walkedTree: progress.add()
        case .copying(let count, let byteCount): progress.begin("packs copied", total: count, byteCount: byteCount)
        case .copied(let byteCount): progress.add(byteCount: byteCount)
        case .saved(let id, let stored):
            progress.end()
            console.say("snapshot \(id.shortHex) saved, copied from source snapshot \(stored.id.shortHex)")
        }
    }
}
