// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover
import RepositoryEngine
import ResticFormat
import VolumeIO

/// Makes a snapshot: `velero restic backup`.
struct BackupCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "backup",
        abstract: "Save files and directories as a new snapshot.",
        discussion: """
            Only what changed since the last snapshot of the same paths is read, only what the repository does not hold yet is sent. \
            Exit code 3 means that a snapshot was made but something could not be read.
            """,
        examples: [
            "velero restic backup /var/lib/data --tag nightly",
            "velero restic backup . --exclude '*.tmp' --dry-run -vv",
            "pg_dumpall | velero restic backup --stdin --stdin-filename all.sql",
        ]
    )

    @OptionGroup var targets: BackupTargets
    @OptionGroup var excludes: ExcludeOptions
    @OptionGroup var selection: BackupSelectionOptions
    @OptionGroup var snapshot: BackupSnapshotOptions

    @Flag(help: "Back up standard input as one file.") var stdin = false
    @Flag(help: "Run the arguments as a program and back up what it prints.") var stdinFromCommand = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Name of that file in the snapshot.", valueName: "path"))
    var stdinFilename = "stdin"

    @Flag(name: [.customShort("n"), .long], help: "Store nothing, only tell what would be done.") var dryRun = false
    @Flag(help: "Do not count files beforehand; there is no percentage then.") var noScan = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Read so many files at once. [env: RESTIC_READ_CONCURRENCY]", valueName: "n")
    )
    var readConcurrency: Int?

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func validate() throws {
        if stdin || stdinFromCommand {
            guard !(stdin && stdinFromCommand) else {
                throw ValidationError("--stdin and --stdin-from-command exclude each other")
            }
            guard stdinFromCommand ? !targets.paths.isEmpty : targets.isEmpty else {
                throw ValidationError(
                    stdinFromCommand
                        ? "--stdin-from-command needs a program to run" : "--stdin takes no files to back up"
                )
            }
        } else if targets.isEmpty {
            throw ValidationError("nothing to back up: name files or directories, or use --stdin")
        }
    }

    func execute(in context: CommandContext) async throws {
        let stopwatch = ContinuousClock()
        let start = stopwatch.now
        let time = try snapshot.time()
        let options = try archiveOptions(in: context)
        if stdin, try global.selection(in: context).password == .prompt {
            throw CommandFailure("standard input cannot give both password and data; use --password-file")
        }
        try await withRepository(dryRun ? .none : .appending, in: context) { session in
            let console = session.console
            let (source, isComplete) = try source(session)
            var request = BackupRequest(source: source, time: time, hostname: snapshot.hostName(in: context))
            request.username = context.identity.userName
            request.userID = context.identity.userID
            request.groupID = context.identity.groupID
            request.tags = TagLists.flattened(snapshot.tag)
            request.excludes = excludes.exclude
            request.programVersion = ProgramVersion.program
            request.skipsIfUnchanged = snapshot.skipIfUnchanged
            request.isDryRun = dryRun
            request.scans = !noScan
            request.parent = try await snapshot.parent(session)
            try await session.resumeInterruptedBackup()
            let outcome = try await run(request, options, session) { start.duration(to: stopwatch.now) }
            guard !outcome.isEmpty else {
                throw CommandFailure("nothing was left to back up, so no snapshot was made; see the messages above")
            }
            guard isComplete, outcome.counts.errors == 0, !isEmptyStream(outcome) else {
                try console.finish()
                throw CommandFailure(.incomplete, "at least one source file could not be read")
            }
        }
    }

    private func run(
        _ request: BackupRequest,
        _ options: ArchiveOptions,
        _ session: RepositorySession,
        elapsed: () -> Duration
    ) async throws -> BackupOutcome {
        let console = session.console
        let progress = ArchiveProgress()
        let reporter = BackupReporter(console, progress)
        let backup = Backup(session.repository, options: options, observer: reporter.observer, progress: progress)
        let output = session.context.output
        let isLive = console.display.isLive
        let outcome = try await console.withProgress {
            reporter.lines(columns: output.terminalSize.columns, isLive: isLive)
        } json: {
            reporter.showJSON()
        } while: {
            try await backup.run(request, clock: .local) { try session.lock?.confirm() }
        }
        reporter.tellScan()
        if isEmptyStream(outcome) {
            reporter.observer.itemFailed(
                ItemFailure(
                    .error,
                    path: Array(("/" + stdinFilename).utf8),
                    message: "no data was read; the program that should have written it may have failed"
                )
            )
        }
        guard !outcome.isEmpty else { return outcome }
        if let parent = outcome.parentID { console.detail("used parent snapshot \(parent.shortHex)") }
        let summary = BackupSummary(outcome: outcome, elapsed: elapsed(), isDryRun: dryRun)
        if console.isJSON {
            console.write(summary.json())
        } else {
            for line in summary.lines(verbosity: console.verbosity) { console.say(line) }
        }
        return outcome
    }

    private func isEmptyStream(_ outcome: BackupOutcome) -> Bool {
        (stdin || stdinFromCommand) && outcome.counts.bytesDone == 0
    }

    /// What to read, and whether everything named exists.
    private func source(_ session: RepositorySession) throws -> (BackupRequest.Source, isComplete: Bool) {
        let context = session.context
        if stdin {
            return (
                .stream(path: Array(stdinFilename.utf8)) { limit in
                    let bytes = try context.input.read(maximumByteCount: limit)
                    return bytes.isEmpty ? nil : bytes
                }, true
            )
        }
        if stdinFromCommand {
            let program = try context.input.startProgram(targets.paths)
            return (
                .stream(path: Array(stdinFilename.utf8)) { limit in
                    let bytes = try program.read(maximumByteCount: limit)
                    if bytes.isEmpty { try program.waitForSuccess() }
                    return bytes.isEmpty ? nil : bytes
                }, true
            )
        }
        let named = try targets.named(in: context) { session.console.warn($0) }
        let present = named.filter { path in
            let text = String(decoding: path, as: UTF8.self)
            let exists = FileProbe.kind(context.absolutePath(text)) != .missing
            if !exists { session.console.warn("\(PrintableText.name(path)) does not exist, skipping") }
            return exists
        }
        guard !present.isEmpty else { throw CommandFailure("all source directories/files do not exist") }
        return (
            .paths(present, workingDirectory: Array(context.workingDirectory.utf8)), present.count == named.count
        )
    }

    private func archiveOptions(in context: CommandContext) throws -> ArchiveOptions {
        var options = ArchiveOptions()
        try selection.apply(to: &options)
        let filter = try excludes.filter(in: context)
        if !filter.isEmpty { options.excludes = { filter.matches(PathComponents(absolute: $0)) } }
        options.workerCount = ProcessorCount.available
        let preset = context.variable("RESTIC_READ_CONCURRENCY").flatMap { Int($0) }
        if let count = readConcurrency ?? preset {
            guard (1...1024).contains(count) else {
                throw CommandFailure("--read-concurrency \(count): write a number from 1 to 1024")
            }
            options.readConcurrency = count
        }
        return options
    }
}
