// SPDX-License-Identifier: Apache-2.0

/// One repository a command works on: where it is and how it opens.
package struct RepositorySelection: Hashable, Sendable {
    package var location: RepositoryLocation
    package var password: PasswordSource
    package var keyHint: String?

    /// What the flags of one repository say; nil where a flag is absent.
    package struct Flags: Sendable {
        package var repo: String?
        package var repositoryFile: String?
        package var passwordFile: String?
        package var passwordCommand: String?
        package var insecureNoPassword = false
        package var keyHint: String?
        /// `RESTIC_` for the repository, `RESTIC_FROM_` for the source of a copy.
        package var variablePrefix = "RESTIC_"
        /// Put before the names of flags in messages: `from-` for the source of a copy.
        package var flagPrefix = ""

        package init() {}
    }

    /// Flags first, environment second; what is given twice is an error.
    ///
    /// - Throws: ``CommandFailure`` when no location is given or when two sources of one thing are.
    package init(_ flags: Flags, in context: CommandContext) throws {
        location = try Self.location(flags, in: context)
        password = try Self.password(flags, in: context)
        keyHint = flags.keyHint ?? context.variable(flags.variablePrefix + "KEY_HINT")
    }

    private static func location(_ flags: Flags, in context: CommandContext) throws -> RepositoryLocation {
        let repo = flags.repo ?? context.variable(flags.variablePrefix + "REPOSITORY")
        let file = flags.repositoryFile ?? context.variable(flags.variablePrefix + "REPOSITORY_FILE")
        if let repo, !repo.isEmpty {
            guard file == nil else {
                throw CommandFailure(
                    "the repository is given twice: by --\(flags.flagPrefix)repo and by --\(flags.flagPrefix)repository-file (or their variables); give one of them"
                )
            }
            return try RepositoryLocation(repo)
        }
        guard let file else {
            let short = flags.flagPrefix.isEmpty ? "-r " : "--from-repo "
            throw CommandFailure(
                "no repository given; add \(short)LOCATION or set \(flags.variablePrefix)REPOSITORY"
            )
        }
        let text = TextFileContents.trimmed(try context.input.readFile(file))
        guard !text.isEmpty else { throw CommandFailure("the repository file \(file) is empty") }
        return try RepositoryLocation(text)
    }

    private static func password(_ flags: Flags, in context: CommandContext) throws -> PasswordSource {
        let file = flags.passwordFile ?? context.variable(flags.variablePrefix + "PASSWORD_FILE")
        let command = flags.passwordCommand ?? context.variable(flags.variablePrefix + "PASSWORD_COMMAND")
        let text = context.variable(flags.variablePrefix + "PASSWORD")
        if flags.insecureNoPassword {
            guard file == nil, command == nil, text == nil else {
                throw CommandFailure(
                    "--\(flags.flagPrefix)insecure-no-password excludes every other source of a password; unset the others"
                )
            }
            return .empty
        }
        if file != nil, command != nil {
            throw CommandFailure("a password file and a password command are given; give one of them")
        }
        if let command { return .command(command) }
        if let file { return .file(file) }
        if let text { return .text(text) }
        return .prompt
    }
}
