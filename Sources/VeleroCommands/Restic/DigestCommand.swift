// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ByteTransforms
import DataMover
import RepositoryEngine
import ResticFormat

/// Prints a volume's digest: `velero restic digest`.
struct DigestCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "digest",
        abstract: "Print the digest of a snapshot or of a directory on disk, to see whether both are the same.",
        discussion: """
            The digest covers names, types, modes, owners, modification times, link targets, extended attributes and content, and nothing \
            that changes by itself. A directory is read anew; what contains a / or is . counts as one, but SNAPSHOT:/directory is a \
            directory inside a snapshot. A directory and a snapshot compare when both were read with the chunker parameters of this \
            repository.
            """,
        examples: [
            "velero restic digest latest",
            "velero restic digest latest:/var/lib/data",
            "velero restic digest /var/lib/data",
        ]
    )

    @Argument(help: "Snapshot, with :/directory only that part, or directory on disk.") var what: String

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    /// Whether a directory on disk is meant: a path that does not begin with the name of a snapshot and a colon.
    private var isDirectory: Bool {
        if what == "." || what == ".." { return true }
        guard what.contains("/") else { return false }
        let name = SnapshotPath(what).name
        return !what.contains(":") || !(name == "latest" || (!name.isEmpty && name.allSatisfy(\.isHexDigit)))
    }

    func execute(in context: CommandContext) async throws {
        try await withRepository(.reading, in: context) { session in
            let digest = isDirectory ? try await ofDirectory(session) : try await ofSnapshot(session)
            guard session.console.isJSON else { return session.console.result(digest) }
            var json = JSONText()
            json.object { json in
                json.member("message_type", "digest")
                json.member(isDirectory ? "directory" : "snapshot", what)
                json.member("digest", digest)
            }
            json.endLine()
            session.console.write(json)
        }
    }

    /// The digest recorded with the snapshot; computed from its trees where there is none.
    private func ofSnapshot(_ session: RepositorySession) async throws -> String {
        let place = SnapshotPath(what)
        let repository = session.repository
        let stored = try await repository.resolveSnapshot(place.name, filter: filter.filter(in: session.context))
        if place.components.isEmpty, let digest = stored.snapshot.volumeDigest { return digest.hex }
        try await session.loadIndex()
        let tree = try await repository.tree(at: place.components, in: stored.snapshot)
        let progress = WorkProgress(session.console)
        let digest = try await progress.run {
            progress.begin("directories", tellsEnd: false)
            return try await VolumeDigest.compute(ofTree: tree) { id in
                progress.add()
                return try await repository.readTreeText(id)
            }
        }
        return digest.hex
    }

    private func ofDirectory(_ session: RepositorySession) async throws -> String {
        let path = session.context.absolutePath(what)
        guard FileProbe.kind(path, followsLinks: true) == .directory else {
            throw CommandFailure("\(path) is no directory")
        }
        let progress = ArchiveProgress()
        let reporter = BackupReporter(session.console, progress)
        var options = ArchiveOptions()
        options.workerCount = ProcessorCount.available
        let archiver = Archiver(
            sink: HashingSink(),
            polynomial: session.repository.polynomial,
            options: options,
            observer: reporter.observer,
            progress: progress
        )
        let output = session.context.output
        let isLive = session.console.display.isLive
        let result = try await session.console.withProgress {
            reporter.lines(columns: output.terminalSize.columns, isLive: isLive)
        } while: {
            // The dot makes the entries of the directory the root, as a volume's snapshot has them.
            try await archiver.archive([Array(".".utf8)], workingDirectory: Array(path.utf8))
        }
        guard progress.counts.errors == 0 else {
            throw CommandFailure(.incomplete, "the directory could not be read completely, so it has no digest")
        }
        guard let digest = result.digest else { throw CommandFailure("no digest was computed") }
        return digest.hex
    }
}
