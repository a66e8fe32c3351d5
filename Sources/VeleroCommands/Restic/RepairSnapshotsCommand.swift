// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Cuts lost data out of snapshots: `velero restic repair snapshots`.
struct RepairSnapshotsCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "snapshots",
        abstract: "Make readable snapshots out of those that lack data.",
        discussion: """
            Files lose their missing chunks and become shorter, directories that cannot be read become empty. With --forget the
            repaired snapshot replaces the old one; otherwise both stay, and the new one gets the tag "repaired".
            """,
        examples: ["velero restic repair snapshots --forget"]
    )

    @Argument(help: ArgumentHelp("Only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot"))
    var names: [String] = []

    @Flag(name: .long, help: "Remove snapshots that were repaired, and those nothing can be saved of.")
    var forget = false

    @Flag(name: [.customShort("n"), .long], help: "Only tell what would be done.")
    var dryRun = false

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let filter = filter.filter(in: context)
        try await withRepository(.exclusive(isOptional: dryRun), usesCache: false, in: context) { session in
            let chosen = try await session.snapshots(names, filter: filter)
            try await session.loadIndex()
            var changedCount = 0
            for stored in chosen {
                if try await repair(stored, session) { changedCount += 1 }
            }
            session.console.say()
            let verb = dryRun ? "would be" : "were"
            session.console.say(
                changedCount == 0
                    ? "no snapshots \(verb) modified"
                    : dryRun ? "would modify \(changedCount) snapshots" : "modified \(changedCount) snapshots"
            )
        }
    }

    /// - Returns: Whether something is or would be different.
    private func repair(_ stored: StoredSnapshot, _ session: RepositorySession) async throws -> Bool {
        let console = session.console
        let repository = session.repository
        console.say()
        console.say(SnapshotText.introduction(stored.id, stored.snapshot))
        let tree = stored.snapshot.tree
        let progress = WorkProgress(console)
        let onTree: @Sendable () -> Void = { progress.add() }
        let outcome = try await progress.run {
            progress.begin("trees", tellsEnd: false)
            guard !dryRun else { return try await repository.repairTree(tree, writer: nil, onTree: onTree) }
            return try await repository.withBlobWriter { writer in
                try await repository.repairTree(tree, writer: writer, onTree: onTree)
            }
        }
        switch outcome {
        case .unchanged: return false
        case .rootUnreadable(let error):
            console.warn("  its root cannot be read: \(FailureText.failure(for: error).message)")
            guard forget else {
                console.say("  nothing can be saved of it; --forget removes it")
                return false
            }
            try await refuseIfOnlyUnlisted(session)
            if dryRun {
                console.say("would remove the snapshot")
            } else {
                try session.exclusiveLock.confirm()
                try await repository.removeSnapshot(stored.id)
                console.say("removed snapshot \(stored.id.shortHex)")
            }
            return true
        case .repaired(let root, let damage):
            try await refuseIfOnlyUnlisted(session)
            for item in damage { console.say("  \(PrintableText.name(item.path)): \(item.message)") }
            guard !dryRun else {
                console.say("would save new snapshot")
                if forget { console.say("would remove old snapshot") }
                return true
            }
            try await replace(stored, root: root, session)
            return true
        }
    }

    /// Nothing is cut out of snapshots that an index repair may bring back.
    private func refuseIfOnlyUnlisted(_ session: RepositorySession) async throws {
        guard let pack = try await session.repository.unlistedPack() else { return }
        throw CommandFailure(
            "data is missing, but packs exist that no index lists, such as \(pack): run `repair index` first, which may bring it back"
        )
    }

    private func replace(_ stored: StoredSnapshot, root: BlobID, _ session: RepositorySession) async throws {
        var snapshot = stored.snapshot
        snapshot.tree = root
        snapshot.original = stored.id
        // It is that of the content before.
        snapshot.volumeDigest = nil
        snapshot.tags.removeAll { $0.hasPrefix("volume-digest=") }
        if !forget { _ = snapshot.addTags(["repaired"]) }
        try session.exclusiveLock.confirm()
        let id = try await session.repository.saveSnapshot(snapshot)
        session.console.say("saved new snapshot \(id.shortHex)")
        guard forget, id != stored.id else { return }
        try await session.repository.removeSnapshot(stored.id)
        session.console.say("removed old snapshot \(stored.id.shortHex)")
    }
}
