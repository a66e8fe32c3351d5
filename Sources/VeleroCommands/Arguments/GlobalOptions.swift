// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The flags every `velero restic` command takes, named as restic's.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.customShort("r", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Repository: a directory or s3:https://host/bucket/prefix. [env: RESTIC_REPOSITORY]",
            valueName: "location"
        )
    )
    var repo: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("File that holds the location. [env: RESTIC_REPOSITORY_FILE]", valueName: "file")
    )
    var repositoryFile: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        parsing: .unconditional,
        help: ArgumentHelp("File that holds the password. [env: RESTIC_PASSWORD_FILE]", valueName: "file")
    )
    var passwordFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Program that prints the password. [env: RESTIC_PASSWORD_COMMAND]", valueName: "command")
    )
    var passwordCommand: String?

    @Flag(help: "The repository's password is empty.")
    var insecureNoPassword = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Key to try first. [env: RESTIC_KEY_HINT]", valueName: "key"))
    var keyHint: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Local cache. [env: RESTIC_CACHE_DIR]", valueName: "directory"))
    var cacheDir: String?

    @Flag(help: "Use no local cache.")
    var noCache = false

    @Flag(help: "Remove caches that were not used for 30 days.")
    var cleanupCache = false

    @Flag(help: "Take no lock; for reading a repository that cannot be written.")
    var noLock = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep trying that long when the repository is locked, e.g. 5m.", valueName: "duration")
    )
    var retryLock: String?

    @Flag(help: "Print JSON for programs.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print errors and results only.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print more; twice for every file.")
    var verbose: Int

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("off, fastest, auto, better or max. [env: RESTIC_COMPRESSION]", valueName: "mode")
    )
    var compression: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Target size of packs, in MiB. [env: RESTIC_PACK_SIZE]", valueName: "MiB")
    )
    var packSize: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Send at most so many KiB per second.", valueName: "KiB/s"))
    var limitUpload: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Fetch at most so many KiB per second.", valueName: "KiB/s"))
    var limitDownload: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Certificates (PEM) to trust. [env: RESTIC_CACERT]", valueName: "file")
    )
    var cacert: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Client certificate and key (PEM). [env: RESTIC_TLS_CLIENT_CERT]", valueName: "file")
    )
    var tlsClientCert: String?

    @Flag(help: "Trust any certificate of the server.")
    var insecureTls = false

    @Option(parsing: .unconditional, help: ArgumentHelp("How this program names itself to servers.", valueName: "text"))
    var httpUserAgent: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Give up a request without progress after this time. (default: 5m)", valueName: "duration")
    )
    var stuckRequestTimeout: String?

    @Flag(help: "Do not check data once more before it is sent.")
    var noExtraVerify = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Setting of the storage, e.g. s3.connections=10.", valueName: "name=value")
    )
    var option: [String] = []
}
