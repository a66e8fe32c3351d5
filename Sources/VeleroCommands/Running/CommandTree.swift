// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What the pre-pass over the arguments must know of the commands.
enum CommandTree {
    /// Hoists the global flags of `velero restic` and of the commands for clusters.
    static var hoisting: ArgumentHoisting {
        ArgumentHoisting(
            tree: tree(of: VeleroCommand.self),
            flags: GlobalOptions.hoistedFlags,
            rootFlags: ClusterOptions.hoistedFlags,
            switches: InstallOptions.switches
        )
    }

    private static func tree(of command: any ParsableCommand.Type) -> ArgumentHoisting.Tree {
        let children = command.configuration.subcommands
        guard !children.isEmpty else { return .command }
        var branches: [String: ArgumentHoisting.Tree] = [:]
        for child in children {
            let subtree = tree(of: child)
            for name in [child._commandName] + child.configuration.aliases { branches[name] = subtree }
        }
        return .commands(branches)
    }
}

extension GlobalOptions {
    /// The flags that may stand before the command; a test compares this with what the parser declares.
    static let hoistedFlags: [ArgumentHoisting.GlobalFlag] = [
        .init("repo", short: "r", takesValue: true),
        .init("repository-file", takesValue: true),
        .init("password-file", short: "p", takesValue: true),
        .init("password-command", takesValue: true),
        .init("insecure-no-password", takesValue: false),
        .init("key-hint", takesValue: true),
        .init("cache-dir", takesValue: true),
        .init("no-cache", takesValue: false),
        .init("cleanup-cache", takesValue: false),
        .init("no-lock", takesValue: false),
        .init("retry-lock", takesValue: true),
        .init("json", takesValue: false),
        .init("quiet", short: "q", takesValue: false),
        .init("verbose", short: "v", takesValue: false),
        .init("compression", takesValue: true),
        .init("pack-size", takesValue: true),
        .init("limit-upload", takesValue: true),
        .init("limit-download", takesValue: true),
        .init("cacert", takesValue: true),
        .init("tls-client-cert", takesValue: true),
        .init("insecure-tls", takesValue: false),
        .init("http-user-agent", takesValue: true),
        .init("stuck-request-timeout", takesValue: true),
        .init("no-extra-verify", takesValue: false),
        .init("option", short: "o", takesValue: true),
    ]
}
