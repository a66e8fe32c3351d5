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
            that changes by itself. A directory is read anew; what contains a / or is . counts as one. A directory and a snapshot \
            compare when both were read with the chunker parameters of this repository.
            """,
        examples: [
            "velero restic digest latest",
            "velero restic digest /var/lib/data",
        ]
    )

    @Argument(help: "Snapshot, or directory on disk.") var what: String

    @OptionGroup var filter: SnapshotFilterOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    private var isDirectory: Bool { what.contains("/") || what == "." || what == ".." }

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

    private func ofSnapshot(_ session: RepositorySession) async throws -> String {
        let stored = try await session.repository.resolveSnapshot(what, filter: filter.filter(in: session.context))
        guard let digest = stored.snapshot.volumeDigest else {
            throw CommandFailure(
                "snapshot \(stored.id.shortHex) carries no digest: it was made by another program or an older version"
            )
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
