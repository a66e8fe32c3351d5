// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The flags that narrow down which snapshots are meant.
struct SnapshotFilterOptions: ParsableArguments {
    @Option(
        name: [.customShort("H", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots of this host; may be repeated. [env: RESTIC_HOST]", valueName: "host")
    )
    var host: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots with all these tags; repeat for alternatives.", valueName: "tag,tag")
    )
    var tag: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only snapshots of this path; repeat to require all.", valueName: "path")
    )
    var path: [String] = []

    /// Hosts to accept; an empty `--host ""` unsets the default of RESTIC_HOST.
    func hosts(in context: CommandContext) -> [String] {
        if host.isEmpty, let preset = context.variable("RESTIC_HOST") { return [preset] }
        return host.filter { !$0.isEmpty }
    }

    /// Paths to require, absolute.
    func paths(in context: CommandContext) -> [String] {
        path.map { context.absolutePath($0) }
    }

    /// Tag lists of which one must be present in full.
    var tagLists: [[String]] { TagLists.filter(tag) }
}
