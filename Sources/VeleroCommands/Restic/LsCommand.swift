// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Lists the files of a snapshot: `velero restic ls`.
struct LsCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "ls",
        abstract: "List the files and directories in a snapshot.",
        discussion: """
            Lists everything, or only what lies directly in the directories given (with --recursive, everything below them). \
            SNAPSHOT:/directory lists that directory as if it were the root.
            """,
        examples: ["velero restic ls latest", "velero restic ls -l latest /var/lib/postgresql"]
    )

    enum SortMode: String, ExpressibleByArgument, CaseIterable, Sendable {
        case name, size, time, mtime, atime, ctime, `extension`
    }

    @Argument(help: "Snapshot: id, its beginning, or latest; with :/directory only that part.") var snapshot: String
    @Argument(help: "Only these directories (absolute paths in the snapshot).") var directories: [String] = []

    @Flag(name: .shortAndLong, help: "Show mode, owner, size and time as well.") var long = false
    @Flag(help: "Show what lies deeper in the directories, too.") var recursive = false
    @Flag(help: "Show sizes in KiB, MiB, GiB.") var humanReadable = false
    @Flag(help: "Write for ncdu: pipe it into ncdu -f -.") var ncdu = false

    @Option(
        name: [.customShort("s", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Order: name, size, time, mtime, atime, ctime or extension.", valueName: "mode")
    )
    var sort: SortMode = .name

    @Flag(help: "Reverse the order.") var reverse = false
    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func validate() throws {
        for directory in directories where !directory.hasPrefix("/") {
            throw ValidationError("the directory \(directory) must be absolute: it is a path in the snapshot")
        }
        guard ncdu else { return }
        guard !global.json else { throw ValidationError("--json and --ncdu exclude each other") }
        guard sort == .name, !reverse else { throw ValidationError("--ncdu excludes --sort and --reverse") }
        guard directories.isEmpty else {
            throw ValidationError("--ncdu takes no directories; write SNAPSHOT:/directory")
        }
    }

    func execute(in context: CommandContext) async throws {
        let place = SnapshotPath(snapshot)
        let selection = DirectorySelection(directories, isRecursive: recursive)
        try await withRepository(.reading, in: context) { session in
            let stored = try await session.repository.resolveSnapshot(place.name, filter: filter.filter(in: context))
            try await session.loadIndex()
            let tree = try await session.repository.tree(at: place.components, in: stored.snapshot)
            if ncdu { return try await writeDiskUsage(stored.snapshot, tree, session) }
            introduce(stored, session.console)
            var unsorted: [(node: Node, path: String)] = []
            let isSorted = sort == .name && !reverse
            try await TreeWalk(repository: session.repository).run(tree, at: "/") { node, path in
                if selection.shows(path) {
                    if isSorted { try show(node, path, session.console) } else { unsorted.append((node, path)) }
                }
                return selection.enters(path) ? .into : .over
            }
            for (node, path) in sorted(unsorted) { try show(node, path, session.console) }
        }
    }

    private func writeDiskUsage(_ snapshot: Snapshot, _ tree: BlobID, _ session: RepositorySession) async throws {
        var snapshot = snapshot
        snapshot.tree = tree
        let display = session.console.display
        var text = DiskUsageText()
        display.write(Array(text.head(snapshot).utf8))
        try await TreeWalk(repository: session.repository).run(tree, at: "/") { node, path in
            display.write(Array(text.entry(node, depth: path.utf8.count { $0 == UInt8(ascii: "/") } - 1).utf8))
            try display.requireOutput()
            return .into
        }
        session.console.result(text.tail())
    }

    private func introduce(_ stored: StoredSnapshot, _ console: Console) {
        guard console.isJSON else {
            let directories = directories.map { PrintableText.name($0) }.joined(separator: " ")
            return console.say(
                SnapshotText.introduction(stored.id, stored.snapshot) + " filtered by [\(directories)]:"
            )
        }
        var json = JSONText()
        SnapshotText.json(stored.id, stored.snapshot, into: &json) { json in
            json.member("message_type", "snapshot")
            json.member("struct_type", "snapshot")
        }
        json.endLine()
        console.write(json)
    }

    private func show(_ node: Node, _ path: String, _ console: Console) throws {
        if console.isJSON {
            var json = JSONText()
            NodeText.listing(node, path: path, into: &json)
            console.write(json)
        } else if long {
            console.result(NodeText.longLine(node, path: path, isHumanReadable: humanReadable))
        } else {
            console.result(PrintableText.name(path))
        }
        try console.display.requireOutput()
    }

    private func sorted(_ entries: [(node: Node, path: String)]) -> [(node: Node, path: String)] {
        let ordered = entries.enumerated().sorted { left, right in
            let (first, second) = reverse ? (right, left) : (left, right)
            if precedes(first.element, second.element) { return true }
            if precedes(second.element, first.element) { return false }
            return first.offset < second.offset
        }
        return ordered.map(\.element)
    }

    private func precedes(_ left: (node: Node, path: String), _ right: (node: Node, path: String)) -> Bool {
        switch sort {
        case .name: left.path < right.path
        case .size: left.node.size < right.node.size
        case .time, .mtime: left.node.modificationTime < right.node.modificationTime
        case .atime: left.node.accessTime < right.node.accessTime
        case .ctime: left.node.changeTime < right.node.changeTime
        case .extension: fileExtension(left.path) < fileExtension(right.path)
        }
    }

    private func fileExtension(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return String(name[dot...])
    }
}
