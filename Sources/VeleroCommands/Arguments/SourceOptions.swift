// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The flags that name a second repository to take something from.
struct SourceOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Source repository. [env: RESTIC_FROM_REPOSITORY]", valueName: "location")
    )
    var fromRepo: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("File that holds its location. [env: RESTIC_FROM_REPOSITORY_FILE]", valueName: "file")
    )
    var fromRepositoryFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("File that holds its password. [env: RESTIC_FROM_PASSWORD_FILE]", valueName: "file")
    )
    var fromPasswordFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Program that prints its password. [env: RESTIC_FROM_PASSWORD_COMMAND]",
            valueName: "command"
        )
    )
    var fromPasswordCommand: String?

    @Flag(help: "Its password is empty.")
    var fromInsecureNoPassword = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Key to try first. [env: RESTIC_FROM_KEY_HINT]", valueName: "key")
    )
    var fromKeyHint: String?

    /// True when a flag names a source; variables alone do not count.
    var isGiven: Bool { fromRepo != nil || fromRepositoryFile != nil }

    func selection(in context: CommandContext) throws -> RepositorySelection {
        var flags = RepositorySelection.Flags()
        flags.repo = fromRepo
        flags.repositoryFile = fromRepositoryFile
        flags.passwordFile = fromPasswordFile
        flags.passwordCommand = fromPasswordCommand
        flags.insecureNoPassword = fromInsecureNoPassword
        flags.keyHint = fromKeyHint
        flags.variablePrefix = "RESTIC_FROM_"
        flags.flagPrefix = "from-"
        return try RepositorySelection(flags, in: context)
    }
}
