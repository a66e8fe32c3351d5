// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover
import RepositoryEngine
import ResticFormat
import VolumeIO

/// The flags of `backup` that say which files are read.
struct BackupSelectionOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Leave out the content of directories that hold this file (starting with HEADER).",
            valueName: "name[:header]"
        )
    )
    var excludeIfPresent: [String] = []

    @Flag(help: "Leave out directories marked as caches by a CACHEDIR.TAG.") var excludeCaches = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Leave out files larger than this, e.g. 2G.", valueName: "size")
    )
    var excludeLargerThan: String?

    @Flag(name: [.customShort("x"), .long], help: "Stay on the file systems of the paths given.")
    var oneFileSystem = false

    @Flag(help: "Compare inode and ctime with neither when looking for changes.") var ignoreInode = false
    @Flag(help: "Do not compare ctime when looking for changes.") var ignoreCtime = false
    @Flag(help: "Store access times.") var withAtime = false

    func apply(to options: inout ArchiveOptions) throws {
        options.ignoresInode = ignoreInode
        options.ignoresChangeTime = ignoreCtime || ignoreInode
        options.storesAccessTime = withAtime
        options.staysOnFileSystem = oneFileSystem
        for text in excludeIfPresent {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            do {
                options.exclusionMarks.append(
                    ExclusionMark(
                        name: try FileName(Array(parts[0].utf8)),
                        header: parts.count > 1 ? Array(parts[1].utf8) : []
                    )
                )
            } catch {
                throw CommandFailure("--exclude-if-present \(text): write the name of a file, without directories")
            }
        }
        if excludeCaches { options.exclusionMarks.append(try .cacheDirectory()) }
        if let excludeLargerThan {
            guard let size = ByteCountText.parse(excludeLargerThan), size >= 0 else {
                throw CommandFailure("--exclude-larger-than \(excludeLargerThan): write a size like 500M or 2G")
            }
            options.maximumFileByteCount = Int(size)
        }
    }
}

/// The flags of `backup` that say what the snapshot is and what it is compared with.
struct BackupSnapshotOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Tags for the snapshot; may be repeated.", valueName: "tag,tag")
    )
    var tag: [String] = []

    @Option(
        name: [.customShort("H", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Host name to record. [env: RESTIC_HOST]", valueName: "host")
    )
    var host: String?

    @Option(
        name: .customLong("time"),
        parsing: .unconditional,
        help: ArgumentHelp("Time to record instead of now, e.g. '2026-11-01 22:08:41'.", valueName: "time")
    )
    var timeText: String?

    @Option(
        name: .customLong("parent"),
        parsing: .unconditional,
        help: ArgumentHelp("Compare with this snapshot.", valueName: "snapshot")
    )
    var parentName: String?

    @Flag(name: .shortAndLong, help: "Read everything again, whatever looks unchanged.") var force = false

    @Option(
        name: [.customShort("g", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("What the snapshot to compare with must share: host, paths, tags.", valueName: "what,what")
    )
    var groupBy = "host,paths"

    @Flag(help: "Make no snapshot if it would equal the one compared with.") var skipIfUnchanged = false

    func time() throws -> Timestamp {
        guard let timeText else { return WallClock.local.now() }
        guard let time = TimeText.parse(timeText) else {
            throw CommandFailure("--time \(timeText): write a local time like '2026-11-01 22:08:41'")
        }
        return time
    }

    func hostName(in context: CommandContext) -> String {
        host ?? context.variable("RESTIC_HOST") ?? context.identity.hostName
    }

    func parent(_ session: RepositorySession) async throws -> BackupRequest.Parent {
        let grouping = try GroupingCriteria(argument: groupBy)
        if force { return .none }
        guard let parentName else { return .automatic(grouping) }
        return .snapshot(try await session.repository.resolveSnapshot(parentName).id)
    }
}
