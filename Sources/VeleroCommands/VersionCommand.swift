// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Prints what this program is: `velero version`.
struct VersionCommand: ExecutableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version of this program.",
        discussion: """
            Example:
              velero version
            """
    )

    func execute(in context: CommandContext) async throws {
        try context.output.line("Client:\n\tVersion: v\(ProgramVersion.number)")
    }
}
