// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover
import ObjectStorage
import RepositoryEngine
import ResticFormat
import VolumeIO

/// Brings files back: `velero restic restore`.
struct RestoreCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "restore",
        abstract: "Bring files of a snapshot back into a directory.",
        discussion: """
            Files that exist already are brought to the snapshot's state; only what differs is written. SNAPSHOT:/directory restores \
            what lies in that directory. Every byte is verified before it is written.
            """,
        examples: [
            "velero restic restore latest --target /tmp/restored",
            "velero restic restore latest:/var/lib/data --target /var/lib/data --delete --verify",
        ]
    )

    @Argument(help: "Snapshot: id, its beginning, or latest; with :/directory only that part.") var snapshot: String

    @Option(
        name: [.customShort("t", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Directory to restore into; made if it does not exist.", valueName: "directory")
    )
    var target: String

    @OptionGroup var includes: IncludeOptions
    @OptionGroup var excludes: ExcludeOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What to do with what exists: always, if-changed, if-newer, never.", valueName: "behaviour")
    )
    var overwrite: OverwritePolicy = .always

    @Flag(help: "Remove what the snapshot does not have.") var delete = false
    @Flag(help: "Read restored files again and compare.") var verify = false
    @Flag(help: "Leave holes for zeros in new files.") var sparse = false
    @Flag(help: "Give files to users and groups of the same name instead of the same number.")
    var ownershipByName = false

    @Flag(name: [.customShort("n"), .long], help: "Write nothing, only tell what would be done.") var dryRun = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Restore only extended attributes that match.", valueName: "pattern")
    )
    var includeXattr: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Do not restore extended attributes that match.", valueName: "pattern")
    )
    var excludeXattr: [String] = []

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func validate() throws {
        guard includeXattr.isEmpty || excludeXattr.isEmpty else {
            throw ValidationError("--include-xattr and --exclude-xattr exclude each other")
        }
        guard !target.isEmpty else { throw ValidationError("--target must name a directory") }
    }

    func execute(in context: CommandContext) async throws {
        let place = SnapshotPath(snapshot)
        let path = context.absolutePath(target)
        let selection = try pathSelection(in: context)
        let options = try restoreOptions(place, selection)
        if delete, path == "/", selection?.includes.isEmpty ?? true {
            throw CommandFailure("--delete with the target / would empty the whole system; add --include")
        }
        try await withRepository(.reading, in: context) { session in
            let stored = try await session.repository.resolveSnapshot(place.name, filter: filter.filter(in: context))
            try await session.loadIndex()
            let tree = try await session.repository.tree(at: place.components, in: stored.snapshot)
            session.console.say(
                "restoring " + SnapshotText.introduction(stored.id, stored.snapshot)
                    + " to \(PrintableText.name(target))"
            )
            var options = options
            options.readConcurrency = max(2, min(8, session.repository.storage.recommendedConcurrency))
            try await RestoreTargetDirectory.lend(path, isDryRun: dryRun) { directory, isNew in
                let reporter = RestoreReporter(session.console, remembersSettled: verify && !dryRun)
                let source = RepositoryRestoreSource(session.repository)
                let restorer = Restorer(
                    source: source,
                    options: options,
                    isPrivileged: context.identity.userID == 0
                )
                let output = session.context.output
                let isLive = session.console.display.isLive
                try await session.console.withProgress {
                    reporter.lines(columns: output.terminalSize.columns, isLive: isLive)
                } json: {
                    reporter.showJSON()
                } while: {
                    try await restorer.restore(
                        tree,
                        into: directory,
                        rootIsNew: isNew,
                        volumeRoot: stored.snapshot.volumeRoot,
                        progress: reporter.progress,
                        observer: reporter.observer
                    )
                }
                reporter.finish()
                if verify, !dryRun { try await check(tree, directory, source, options, reporter, session) }
                try session.console.finish()
                try reporter.requireNoErrors()
            }
        }
    }

    private func check(
        _ tree: BlobID,
        _ directory: SharedDirectory,
        _ source: RepositoryRestoreSource,
        _ options: RestoreOptions,
        _ reporter: RestoreReporter,
        _ session: RepositorySession
    ) async throws {
        session.console.say("verifying files in \(PrintableText.name(target))")
        let scope = UnsettledFiles(selection: options.selection, settled: reporter.settled)
        let verifier = RestoreVerifier(source: source, selection: scope, workerCount: options.workerCount)
        let count = try await verifier.verify(tree, in: directory, observer: reporter.verifyObserver)
        session.console.say("finished verifying \(count) files in \(PrintableText.name(target))")
    }

    private func pathSelection(in context: CommandContext) throws -> PathSelection? {
        let selection = PathSelection(
            includes: try includes.filter(in: context),
            excludes: try excludes.filter(in: context)
        )
        guard selection.includes.isEmpty || selection.excludes.isEmpty else {
            throw CommandFailure("include and exclude patterns exclude each other; give one kind")
        }
        return selection.includes.isEmpty && selection.excludes.isEmpty ? nil : selection
    }

    private func restoreOptions(_ place: SnapshotPath, _ selection: PathSelection?) throws -> RestoreOptions {
        var options = RestoreOptions()
        options.overwrite = overwrite
        options.writesSparseFiles = sparse
        options.deletesExtraEntries = delete
        options.isDryRun = dryRun
        options.restoresOwnersByName = ownershipByName
        options.selection = selection.map(SelectedPaths.init)
        options.rootMetadata = place.components.isEmpty && selection == nil ? .ofVolume : .none
        options.workerCount = ProcessorCount.available
        if let filter = try attributeFilter() { options.restoresAttribute = filter }
        return options
    }

    private func attributeFilter() throws -> (@Sendable ([UInt8]) -> Bool)? {
        let patterns = includeXattr.isEmpty ? excludeXattr : includeXattr
        guard !patterns.isEmpty else { return nil }
        let filter: PathFilter
        do { filter = try PathFilter(patterns: patterns) } catch { throw CommandFailure("\(error)") }
        let isInclude = !includeXattr.isEmpty
        return { filter.matches(PathComponents(isAbsolute: false, names: [$0])) == isInclude }
    }
}

extension OverwritePolicy: ExpressibleByArgument {}

/// Patterns as the restorer asks them.
private struct SelectedPaths: RestoreSelection {
    let selection: PathSelection

    func decision(_ path: [UInt8], isDirectory: Bool) -> (restores: Bool, descends: Bool) {
        let decision = selection.decide(PathComponents(absolute: path))
        return (decision.isSelected, decision.maySelectBelow)
    }
}

/// What `--verify` still has to compare.
private struct UnsettledFiles: RestoreSelection {
    let selection: (any RestoreSelection)?
    let settled: Set<[UInt8]>

    func decision(_ path: [UInt8], isDirectory: Bool) -> (restores: Bool, descends: Bool) {
        let decision = selection?.decision(path, isDirectory: isDirectory) ?? (restores: true, descends: true)
        return !isDirectory && settled.contains(path) ? (false, false) : decision
    }
}
