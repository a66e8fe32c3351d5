// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The group `velero restic`.
struct ResticCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restic",
        abstract: "Work with a restic repository: back up, restore, look, check, clean up.",
        discussion: """
            Commands, flags, environment variables, JSON and exit codes are restic's, so scripts carry over.
            Global flags may stand before or behind the command.

            Examples:
              velero restic -r /srv/backup init
              velero restic -r s3:https://s3.example.org/bucket backup /var/lib/data
              velero restic restore latest --target /tmp/restored

            Exit codes:
              0 done                                   10 no repository
              1 failed                                 11 repository locked
              3 done, but something was not readable   12 wrong password
              130 interrupted
            """,
        subcommands: [
            InitCommand.self, BackupCommand.self, RestoreCommand.self, SnapshotsCommand.self, LsCommand.self,
            FindCommand.self, DumpCommand.self, DigestCommand.self, CatCommand.self, ListCommand.self,
            CheckCommand.self, ForgetCommand.self, PruneCommand.self, CopyCommand.self, RepairCommand.self,
            TagCommand.self, DiffCommand.self, StatsCommand.self, KeyCommand.self, UnlockCommand.self,
            CacheCommand.self, ResticVersionCommand.self, NodeAgentServerCommand.self,
        ]
    )

    @OptionGroup(title: "Flags of every command") var global: GlobalOptions
}
