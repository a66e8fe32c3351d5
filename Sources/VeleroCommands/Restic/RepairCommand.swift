// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ObjectStorage
import RepositoryEngine
import ResticFormat

/// The group `velero restic repair`.
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Mend a damaged repository: its index, its packs, its snapshots.",
        discussion: """
            Run `check --read-data` first; it says which repair helps. If you can, copy the repository before you repair it.

            Examples:
              velero restic repair index
              velero restic repair packs 1a2b…
              velero restic repair snapshots --forget
            """,
        subcommands: [RepairIndexCommand.self, RepairPacksCommand.self, RepairSnapshotsCommand.self]
    )
}

/// Makes the index match the packs: `velero restic repair index`.
struct RepairIndexCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "index",
        abstract: "Make the index list exactly the packs that exist.",
        examples: ["velero restic repair index"]
    )

    @Flag(help: "Believe no index file and read the header of every pack.")
    var readAllPacks = false

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.exclusive(isOptional: false), usesCache: false, in: context) { session in
            let console = session.console
            console.say("loading indexes...")
            let lock = try session.exclusiveLock
            let progress = WorkProgress(console)
            let repair = try await progress.run {
                try await session.repository.repairIndex(readsAllPacks: readAllPacks, holding: lock) { done, total in
                    if done == 0 { progress.begin("pack headers", total: total) } else { progress.add() }
                }
            }
            for id in repair.unreadableIndexFiles { console.warn("removed the invalid index file \(id)") }
            for id in repair.droppedPacks { console.warn("removed the pack \(id), which does not exist") }
            for id in repair.scannedPacks { console.say("added pack \(id)") }
            for (id, error) in repair.unreadablePacks {
                let reason = FailureText.failure(for: error).message
                console.warn("left out pack \(id), whose header cannot be read: \(reason)")
            }
            for id in repair.damagedPacks {
                console.warn("pack \(id) is damaged; save what is left of it with `repair packs \(id)`")
            }
            console.say("the index lists \(repair.packCount) packs")
            if !repair.droppedPacks.isEmpty || !repair.unreadablePacks.isEmpty {
                console.say("Run `check` to see which snapshots lack data now.")
            }
            console.say("done")
        }
    }
}

/// Saves what is good in damaged packs: `velero restic repair packs`.
struct RepairPacksCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "packs",
        abstract: "Save what is still good in damaged packs, then remove them.",
        discussion: "A copy of each pack is put into the current directory first, as pack-<id>.",
        examples: ["velero restic repair packs 560ac2b44437c60524f451c88870be7c8cc6ad5ce64255d73c8ee960b23c0fe4"]
    )

    @Argument(help: ArgumentHelp("Full ids of the packs, as check names them.", valueName: "pack"))
    var packs: [String]

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let ids = try packs.map { text in
            guard let id = PackID(hex: text) else {
                throw CommandFailure("\"\(text)\" is not the full id of a pack; write all 64 digits")
            }
            return id
        }
        try await withRepository(.exclusive(isOptional: false), usesCache: false, in: context) { session in
            let console = session.console
            try await session.loadIndex()
            console.say("saving copies of the packs in \(context.workingDirectory)")
            let directory = DirectoryStorage(root: context.workingDirectory)
            let lock = try session.exclusiveLock
            let progress = WorkProgress(console)
            let repairs = try await progress.run {
                progress.begin("packs", total: ids.count)
                return try await session.repository.repairPacks(ids, holding: lock, onPack: { progress.add() }) {
                    id,
                    bytes in
                    try await directory.put("pack-\(id.hex)", ObjectBody(bytes))
                }
            }
            for repair in repairs {
                console.say("pack \(repair.pack): saved \(repair.savedBlobCount) blobs, lost \(repair.lostBlobs.count)")
                for blob in repair.lostBlobs { console.warn("lost blob \(blob)") }
            }
            if repairs.contains(where: { !$0.lostBlobs.isEmpty }) {
                console.say()
                console.say("Back up the sources again, which may bring lost data back;")
                console.say("then run `repair snapshots --forget` to cut out of the snapshots what stays lost.")
            }
        }
    }
}
