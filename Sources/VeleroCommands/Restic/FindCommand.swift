// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover
import RepositoryEngine
import ResticFormat

/// Finds files in snapshots: `velero restic find`.
struct FindCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "find",
        abstract: "Find files and directories by name in all snapshots.",
        discussion: """
            Patterns are names with * ? [..], or whole paths; a directory that matches brings everything in it. Newest snapshots come first.
            """,
        examples: [
            "velero restic find config.json",
            "velero restic find --blob 5891b5b5",
            "velero restic find --long --oldest 2026-01-01 '*.sql' --host db1",
        ]
    )

    @Argument(help: "Patterns to look for.") var patterns: [String]

    @Flag(name: .shortAndLong, help: "Show mode, owner, size and time as well.") var long = false
    @Flag(help: "Show sizes in KiB, MiB, GiB.") var humanReadable = false
    @Flag(name: .shortAndLong, help: "Take upper and lower case for the same.") var ignoreCase = false
    @Flag(name: [.customShort("R"), .long], help: "Oldest snapshots first.") var reverse = false

    @Option(
        name: [.customShort("O", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Only what was modified at or after this time.", valueName: "time")
    )
    var oldest: String?

    @Option(
        name: [.customShort("N", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Only what was modified at or before this time.", valueName: "time")
    )
    var newest: String?

    @Option(
        name: [.customShort("s", allowingJoined: true), .customLong("snapshot")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Look in this snapshot only; may be repeated.", valueName: "snapshot")
    )
    var snapshots: [String] = []

    @Flag(help: "Patterns are ids of blobs: find the files that use them.") var blob = false
    @Flag(help: "Patterns are ids of trees: find the directories they are.") var tree = false
    @Flag(help: "Patterns are ids of packs: find what uses their content.") var pack = false
    @Flag(help: "Tell which packs the blobs and trees found are in.") var showPackId = false

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func validate() throws {
        guard [blob, tree, pack].filter({ $0 }).count <= 1 else {
            throw ValidationError("--blob, --tree and --pack exclude each other")
        }
        guard !showPackId || blob || tree || pack else {
            throw ValidationError("--show-pack-id needs --blob, --tree or --pack")
        }
    }

    private var objects: FindObjects.Kind? { blob ? .blob : tree ? .tree : pack ? .pack : nil }

    func execute(in context: CommandContext) async throws {
        let matcher: PathFilter
        do {
            matcher = try PathFilter(
                patterns: ignoreCase ? [] : patterns,
                caselessPatterns: ignoreCase ? patterns : []
            )
        } catch {
            throw CommandFailure("\(error)")
        }
        let times = (try time(oldest, flag: "--oldest"), try time(newest, flag: "--newest"))
        try await withRepository(.reading, in: context) { session in
            var found = try await session.snapshots(snapshots, filter: filter.filter(in: context))
            found.sort { $0.snapshot.time < $1.snapshot.time }
            if !reverse { found.reverse() }
            try await session.loadIndex()
            if let objects {
                var search = try FindObjects(objects, patterns, session, showsPacks: showPackId)
                for stored in found { try await search.search(stored) }
                return search.finish()
            }
            var report = FindReport(session.console, isLong: long, isHumanReadable: humanReadable)
            for stored in found {
                report.begin(stored)
                try await TreeWalk(repository: session.repository).run(stored.snapshot.tree, at: "/") { node, path in
                    let match = matcher.match(PathComponents(path))
                    if match.isMatched, isWanted(node, times) { report.add(node, path) }
                    return match.isMatched || match.mayMatchBelow ? .into : .over
                }
                report.end(stored)
                try session.console.display.requireOutput()
            }
            report.finish()
        }
    }

    private func isWanted(_ node: Node, _ times: (oldest: Timestamp?, newest: Timestamp?)) -> Bool {
        if let oldest = times.oldest, node.modificationTime < oldest { return false }
        if let newest = times.newest, node.modificationTime > newest { return false }
        return true
    }

    private func time(_ text: String?, flag: String) throws(CommandFailure) -> Timestamp? {
        guard let text else { return nil }
        guard let time = TimeText.parse(text) else {
            throw CommandFailure("\(flag) \(text): write a local time like 2026-11-01 or '2026-11-01 22:08'")
        }
        return time
    }
}

/// Prints matches, snapshot by snapshot.
private struct FindReport {
    private let console: Console
    private let isLong: Bool
    private let isHumanReadable: Bool
    private var hasPrinted = false
    private var hits = 0
    private var json = JSONText()
    private var snapshotCount = 0
    private var heading = ""

    init(_ console: Console, isLong: Bool, isHumanReadable: Bool) {
        self.console = console
        self.isLong = isLong
        self.isHumanReadable = isHumanReadable
        if console.isJSON { console.display.write([UInt8(ascii: "[")]) }
    }

    mutating func begin(_ stored: StoredSnapshot) {
        hits = 0
        json.removeAll()
        heading =
            "Found matching entries in snapshot \(stored.id.shortHex) from \(TimeText.local(stored.snapshot.time))"
    }

    mutating func add(_ node: Node, _ path: String) {
        hits += 1
        guard !console.isJSON else { return NodeText.match(node, path: path, into: &json) }
        if hits == 1 {
            if hasPrinted { console.result() }
            hasPrinted = true
            console.result(heading)
        }
        console.result(
            isLong
                ? NodeText.longLine(node, path: path, isHumanReadable: isHumanReadable) : PrintableText.name(path)
        )
    }

    mutating func end(_ stored: StoredSnapshot) {
        guard console.isJSON, hits > 0 else { return }
        var text: [UInt8] = snapshotCount > 0 ? [UInt8(ascii: ",")] : []
        text += Array(#"{"matches":["#.utf8) + json.bytes
        text += Array(#"],"hits":\#(hits),"snapshot":"\#(stored.id.hex)"}"#.utf8)
        snapshotCount += 1
        console.display.write(text)
    }

    func finish() {
        if console.isJSON { console.display.write(Array("]\n".utf8)) }
    }
}
