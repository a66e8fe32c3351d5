// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import ResticFormat

/// Makes a new repository: `velero restic init`.
struct InitCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "init",
        abstract: "Make a new, empty repository.",
        discussion: """
            Asks for a new password unless one is given. Keep it safe: without it nothing in the repository can ever be read.
            """,
        examples: [
            "velero restic -r /srv/backup init",
            "velero restic -r s3:https://s3.example.org/bucket/volumes --password-file pw init",
        ]
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Format of the repository: 1, 2, stable or latest. (default: stable)", valueName: "version")
    )
    var repositoryVersion: String?

    @Flag(help: "Cut files where the repository given by --from-repo cuts them, so that copies share data.")
    var copyChunkerParams = false

    @OptionGroup(title: "Repository to take the chunker's parameters from") var source: SourceOptions
    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let settings = try global.settings(in: context)
        let console = Console(context, verbosity: settings.verbosity, isJSON: settings.isJSON)
        let opening = RepositoryOpening(settings: settings, context: context, console: console)
        let selection = try global.selection(in: context)
        var options = InitializeOptions()
        options.version = try version
        options.open = opening.openOptions(keyHint: nil)
        options.polynomial = try await polynomial(opening)
        let password = try selection.password.read(
            from: context.input,
            prompt: "enter password for new repository: ",
            confirmation: "enter password again: "
        )
        let prepared = options
        try await opening.withStorage(selection) { storage, _ in
            let repository = try await Repository.initialize(
                on: storage,
                password: RepositoryPassword(password),
                options: prepared
            )
            report(repository.id, selection.location, console)
        }
        try console.finish()
    }

    private var version: RepositoryVersion {
        get throws {
            switch repositoryVersion {
            case nil, "2", "stable", "latest", "": return .v2
            case "1": return .v1
            case let text?: throw CommandFailure("--repository-version \(text): choose 1, 2, stable or latest")
            }
        }
    }

    private func polynomial(_ opening: RepositoryOpening) async throws -> Polynomial? {
        guard copyChunkerParams else {
            guard !source.isGiven else {
                throw CommandFailure("--from-repo is only used together with --copy-chunker-params")
            }
            return nil
        }
        let selection = try source.selection(in: opening.context)
        return try await opening.withStorage(selection) { storage, selection in
            try await opening.open(storage, selection).polynomial
        }
    }

    private func report(_ id: RepositoryID, _ location: RepositoryLocation, _ console: Console) {
        guard console.isJSON else {
            console.say("created restic repository \(id.hex.prefix(10)) at \(location.shown)")
            console.say()
            console.say("Keep the password safe: whoever loses it loses every backup in this repository.")
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "initialized")
            json.member("id", id.hex)
            json.member("repository", location.shown)
        }
        json.endLine()
        console.write(json)
    }
}
