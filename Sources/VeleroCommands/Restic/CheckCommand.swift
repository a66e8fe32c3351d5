// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat
import Synchronization

/// Looks for damage: `velero restic check`.
struct CheckCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "check",
        abstract: "Look for damage and missing data; changes nothing.",
        discussion: """
            Without further flags, index, pack files and trees are compared. With --read-data every byte is read and verified
            as well, with --read-data-subset a part: n/t for one of t parts, x% or a size for a random choice.
            """,
        examples: [
            "velero restic check",
            "velero restic check --read-data-subset 1/10",
        ]
    )

    @Argument(
        help: ArgumentHelp("Walk only these snapshots: ids, their beginnings, or latest.", valueName: "snapshot")
    )
    var names: [String] = []

    @Flag(help: "Read and verify all data.")
    var readData = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Read and verify a part: n/t, x% or a size.", valueName: "part")
    )
    var readDataSubset: String?

    @Flag(help: "Tell of blobs no snapshot needs.")
    var checkUnused = false

    @Flag(help: "Trust the local cache instead of reading everything from the repository.")
    var withCache = false

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        var options = CheckOptions()
        options.readData = try readDataSelection
        options.reportsUnused = checkUnused
        options.filter = filter.filter(in: context)
        let prepared = options
        try await withRepository(.exclusive(isOptional: true), usesCache: withCache, in: context) { session in
            var options = prepared
            if !names.isEmpty {
                options.snapshots = try await session.snapshots(names, filter: options.filter).map(\.id)
            }
            try await check(options, session)
        }
    }

    private var readDataSelection: ReadDataSelection {
        get throws(CommandFailure) {
            guard let readDataSubset else { return readData ? .all : .none }
            guard !readData else { throw CommandFailure("--read-data and --read-data-subset exclude each other") }
            return try ReadDataSubset.parse(readDataSubset)
        }
    }

    private func check(_ options: CheckOptions, _ session: RepositorySession) async throws {
        let console = session.console
        let hasMissingPacks = Mutex(false)
        var generator = SystemRandomNumberGenerator()
        let progress = WorkProgress(console)
        let report = try await progress.run {
            try await session.repository.check(
                options,
                using: &generator,
                onStep: { Self.show($0, progress, console) },
                onFinding: { finding in
                    if finding.kind == .missingPack { hasMissingPacks.withLock { $0 = true } }
                    if finding.severity == .error {
                        Self.tell(finding.message, console)
                    } else {
                        console.say(finding.message)
                    }
                }
            )
        }
        for line in advice(report, hasMissingPacks: hasMissingPacks.withLock { $0 }) {
            if report.errorCount > 0 { Self.tell(line, console) } else { console.say(line) }
        }
        if console.isJSON { console.write(json(report)) }
        guard report.errorCount == 0 else {
            throw CommandFailure("the repository contains errors: \(report.errorCount) were found")
        }
        console.say("no errors were found")
    }

    private static func show(_ step: CheckStep, _ progress: WorkProgress, _ console: Console) {
        switch step {
        case .loadingIndex: console.say("load indexes")
        case .listingPacks: console.say("check all packs")
        case .walkingTrees:
            console.say("check snapshots, trees and blobs")
            progress.begin("trees")
        case .readingPacks(let count, let byteCount):
            progress.end()
            console.say("read \(count) packs")
            progress.begin("packs", total: count, byteCount: byteCount)
        case .walkedTree: progress.add()
        case .readPack(let byteCount): progress.add(byteCount: byteCount)
        }
    }

    /// An error on standard error, as a line or as a message for programs.
    private static func tell(_ message: String, _ console: Console) {
        guard console.isJSON else { return console.warn(message) }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "error")
            json.member("message", message)
        }
        console.warn(json.string)
    }

    /// The next steps.
    private func advice(_ report: CheckReport, hasMissingPacks: Bool) -> [String] {
        var lines: [String] = []
        let mayBeUnlisted = report.missesBlobs && report.orphanedPackCount > 0
        if report.suggestsRepairIndex || hasMissingPacks || mayBeUnlisted {
            lines.append("Run `repair index` to make the index match the packs that exist, then check again.")
        }
        if !report.brokenPacks.isEmpty {
            let ids = report.brokenPacks.sorted().map(\.hex).joined(separator: " ")
            lines.append("Save what is left of the damaged packs with `repair packs \(ids)`,")
            lines.append("then cut out what is lost with `repair snapshots --forget`.")
        } else if report.missesBlobs, !report.suggestsRepairIndex, !hasMissingPacks, !mayBeUnlisted {
            lines.append("Back up the sources again, which may bring missing data back;")
            lines.append("then cut out what stays lost with `repair snapshots --forget`.")
        }
        if report.suggestsPrune, report.errorCount == 0 {
            lines.append("Leftovers of interrupted runs do no harm; `prune` removes them.")
        }
        return lines
    }

    private func json(_ report: CheckReport) -> JSONText {
        var json = JSONText()
        json.object { json in
            json.member("message_type", "summary")
            json.member("num_errors", report.errorCount)
            json.member("broken_packs", report.brokenPacks.isEmpty ? nil : report.brokenPacks.sorted().map(\.hex))
            json.member("suggest_repair_index", report.suggestsRepairIndex)
            json.member("suggest_prune", report.suggestsPrune)
        }
        json.endLine()
        return json
    }
}
