// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Lists and removes local caches: `velero restic cache`.
struct CacheCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "cache",
        abstract: "List the local caches of all repositories, or remove those not used for long.",
        discussion: "A cache that is removed is filled again by the next command that opens its repository.",
        examples: ["velero restic cache", "velero restic cache --cleanup --max-age 7"]
    )

    @Flag(help: "Remove old caches.") var cleanup = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A cache not used for so many days is old.", valueName: "days")
    )
    var maxAge = CacheDirectories.usualAge

    @Flag(help: "Do not tell how large the caches are.") var noSize = false

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let settings = try global.settings(in: context)
        guard settings.usesCache else { throw CommandFailure("Refusing to do anything, the cache is disabled") }
        guard let base = settings.cacheBase(in: context) else {
            throw CommandFailure("nobody knows where the caches are: set HOME, or name them with --cache-dir")
        }
        guard maxAge >= 0 else { throw CommandFailure("--max-age \(maxAge): write a number of days") }
        let console = Console(context, verbosity: settings.verbosity, isJSON: settings.isJSON)
        let caches = CacheDirectories(path: base)
        if cleanup { try clean(caches, console) } else { list(caches, console) }
        try console.finish()
    }

    private func clean(_ caches: CacheDirectories, _ console: Console) throws {
        let old = caches.list().filter { $0.isOld(atAge: maxAge) }
        guard !old.isEmpty else { return console.say("no old cache dirs found") }
        console.say("remove \(old.count) old cache directories")
        for entry in old { try caches.remove(entry) }
    }

    private func list(_ caches: CacheDirectories, _ console: Console) {
        let entries = caches.list()
        guard !entries.isEmpty else { return console.say("no cache dirs found, basedir is \(caches.path)") }
        let titles = ["Repo ID", "Last Used", "Old"] + (noSize ? [] : ["Size"])
        var table = TextTable(titles.map { TextTable.Column($0) })
        for entry in entries {
            var cells = [
                String(entry.name.prefix(10)), "\(entry.idleDays) days ago", entry.isOld(atAge: maxAge) ? "yes" : "",
            ]
            if !noSize {
                cells.append(DecimalText.leftPadded(ByteCountText.format(caches.byteCount(of: entry)), to: 11))
            }
            table.append(cells.map { [$0] })
        }
        table.append(footer: "\(entries.count) cache dirs in \(caches.path)")
        for line in table.lines() { console.result(line) }
    }
}
