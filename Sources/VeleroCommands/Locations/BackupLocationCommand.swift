// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where backups go: `velero backup-location`.
struct BackupLocationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup-location",
        abstract: "Work with the buckets that backups go to.",
        subcommands: [
            BackupLocationCreateCommand.self, BackupLocationGetCommand.self, BackupLocationSetCommand.self,
            BackupLocationDeleteCommand.self,
        ]
    )
}
