// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// The group `velero restic key`.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Add, list, change and remove the passwords of a repository.",
        discussion: """
            Examples:
              velero restic key list
              velero restic key add --new-password-file new-password
            """,
        subcommands: [KeyListCommand.self, KeyAddCommand.self, KeyPasswdCommand.self, KeyRemoveCommand.self]
    )
}

/// Lists keys: `velero restic key list`.
struct KeyListCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "list",
        abstract: "List the keys; * marks the one your password opens.",
        examples: ["velero restic key list --json"]
    )

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.reading, in: context) { session in
            let keys = try await session.repository.listKeys()
            if session.console.isJSON {
                session.console.write(json(keys))
            } else {
                var table = TextTable([.init(" ID"), .init("User"), .init("Host"), .init("Created")])
                for key in keys {
                    table.append([
                        [(key.isCurrent ? "*" : " ") + key.id.shortHex], [PrintableText.name(key.file.username)],
                        [PrintableText.name(key.file.hostname)], [TimeText.local(key.file.created)],
                    ])
                }
                for line in table.lines() { session.console.result(line) }
            }
        }
    }

    private func json(_ keys: [KeyDescription]) -> JSONText {
        var json = JSONText()
        json.array(keys) { json, key in
            json.object { json in
                json.member("current", key.isCurrent)
                json.member("id", key.id.hex)
                json.member("userName", key.file.username)
                json.member("hostName", key.file.hostname)
                json.member("created", TimeText.local(key.file.created))
            }
        }
        json.endLine()
        return json
    }
}

/// How a new password is given.
struct NewPasswordOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("File that holds the new password.", valueName: "file"))
    var newPasswordFile: String?

    @Flag(help: "The new password is empty.")
    var newInsecureNoPassword = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Host name to record in the key.", valueName: "host"))
    var host: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("User name to record in the key.", valueName: "user"))
    var user: String?

    func password(in context: CommandContext) throws -> RepositoryPassword {
        let source: PasswordSource
        switch (newPasswordFile, newInsecureNoPassword) {
        case (_?, true): throw CommandFailure("--new-password-file and --new-insecure-no-password exclude each other")
        case (let file?, false): source = .file(file)
        case (nil, true): source = .empty
        case (nil, false): source = .prompt
        }
        return RepositoryPassword(
            try source.read(
                from: context.input,
                prompt: "enter new password: ",
                confirmation: "enter password again: "
            )
        )
    }

    func identity(in context: CommandContext) -> HolderIdentity {
        var identity = HolderIdentity(context.identity)
        if let host { identity.hostname = host }
        if let user { identity.username = user }
        return identity
    }
}

/// Adds a key: `velero restic key add`.
struct KeyAddCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "add",
        abstract: "Let another password open the repository.",
        examples: ["velero restic key add --new-password-file new-password"]
    )

    @OptionGroup var new: NewPasswordOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.appending, in: context) { session in
            let id = try await session.repository.addKey(
                password: try new.password(in: context),
                identity: new.identity(in: context)
            )
            session.console.say("saved new key with ID \(id.hex)")
        }
    }
}

/// Changes the password: `velero restic key passwd`.
struct KeyPasswdCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "passwd",
        abstract: "Change your password: adds a key for the new one, then removes the key of the old one.",
        discussion:
            "Data is not encrypted anew: whoever knew the old password and kept a copy of the key can still read it.",
        examples: ["velero restic key passwd --new-password-file new-password"]
    )

    @OptionGroup var new: NewPasswordOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.exclusive(isOptional: false), in: context) { session in
            let id = try await session.repository.changePassword(
                to: try new.password(in: context),
                identity: new.identity(in: context)
            )
            session.console.say("saved new key as \(id.hex)")
        }
    }
}

/// Removes a key: `velero restic key remove`.
struct KeyRemoveCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "remove",
        abstract: "Stop a password from opening the repository.",
        examples: ["velero restic key remove 586af098"]
    )

    @Argument(help: ArgumentHelp("Id of the key, or its beginning.", valueName: "key"))
    var key: String

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(.exclusive(isOptional: false), in: context) { session in
            let id = try await session.repository.removeKey(key)
            session.console.say("removed key \(id.hex)")
        }
    }
}
