// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A leaf of the command tree: parsed by the argument parser, run by ``CommandLineRunner`` with everything it may touch.
protocol ExecutableCommand: ParsableCommand, Sendable {
    func execute(in context: CommandContext) async throws
}

/// A command below `velero restic`.
protocol ResticSubcommand: ExecutableCommand {
    var global: GlobalOptions { get }
}

extension CommandConfiguration {
    /// The configuration of a `velero restic` command: what it does, what else to know, and how it is used.
    init(
        restic name: String,
        abstract: String,
        discussion: String = "",
        examples: [String],
        aliases: [String] = []
    ) {
        let list = examples.map { "  " + $0 }.joined(separator: "\n")
        let title = examples.count == 1 ? "Example:" : "Examples:"
        let paragraphs = [
            discussion, title + "\n" + list,
            "Repository, password, --json and other flags of every command: velero restic --help",
        ]
        self.init(
            commandName: name,
            abstract: abstract,
            discussion: paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n"),
            aliases: aliases
        )
    }
}
