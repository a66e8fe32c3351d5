// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover
import RepositoryEngine
import ResticFormat

/// Prints a file or an archive of a directory: `velero restic dump`.
struct DumpCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "dump",
        abstract: "Print a file of a snapshot, or a directory as a tar or zip archive.",
        discussion: "The path / stands for the whole snapshot.",
        examples: [
            "velero restic dump latest /etc/hosts",
            "velero restic dump latest /var/lib/data | tar tv",
        ]
    )

    @Argument(help: "Snapshot: id, its beginning, or latest; with :/directory as if that were the root.")
    var snapshot: String
    @Argument(help: "File or directory in the snapshot.") var path: String

    @Option(
        name: [.customShort("a", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Format for directories: tar or zip.", valueName: "format")
    )
    var archive: DumpFormat = .tar

    @Option(
        name: [.customShort("t", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file")
    )
    var target: String?

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let place = SnapshotPath(snapshot)
        let components = SnapshotPath.components(path)
        if target == nil, components.isEmpty, context.output.isTerminal {
            throw CommandFailure("an archive is not for a terminal; send it to a file or a program, or use --target")
        }
        try await withRepository(.reading, in: context) { session in
            let stored = try await session.repository.resolveSnapshot(place.name, filter: filter.filter(in: context))
            try await session.loadIndex()
            let root = try await session.repository.tree(at: place.components, in: stored.snapshot)
            try await ByteSink.lend(target.map { context.absolutePath($0) }, otherwise: context.output) { sink in
                let dump = Dump(source: RepositoryRestoreSource(session.repository)) { try sink.write($0) }
                try await write(components, below: root, with: dump, session)
            }
        }
    }

    private func write(
        _ components: [String],
        below root: BlobID,
        with dump: Dump,
        _ session: RepositorySession
    ) async throws {
        guard let name = components.last else { return try await dump.directory(root, path: [], format: archive) }
        let parent = try await session.repository.tree(at: components.dropLast(), below: root)
        let path = "/" + components.joined(separator: "/")
        let wanted = Array(name.utf8)
        guard let node = try await session.repository.readTree(parent).first(where: { $0.name == wanted }) else {
            throw CommandFailure("the snapshot has no \(PrintableText.name(path)); `ls` shows what it has")
        }
        switch (node.kind, node.subtree) {
        case (.file, _): try await dump.file(node)
        case (.directory, let subtree?):
            if target == nil, session.context.output.isTerminal {
                throw CommandFailure(
                    "an archive is not for a terminal; send it to a file or a program, or use --target"
                )
            }
            try await dump.directory(subtree, path: Array(path.utf8.dropFirst()), format: archive)
        default:
            throw CommandFailure(
                "\(PrintableText.name(path)) is neither file nor directory, but a \(node.kind.rawValue)"
            )
        }
    }
}

extension DumpFormat: ExpressibleByArgument {}
