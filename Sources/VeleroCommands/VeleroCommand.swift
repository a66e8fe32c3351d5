// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The root of the command tree.
struct VeleroCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "velero",
        abstract: "Back up and restore volumes with restic repositories.",
        discussion: """
            Set where the repository is and its password once, then use the commands below "velero restic":

              export RESTIC_REPOSITORY=s3:https://s3.example.org/bucket/volumes
              export RESTIC_PASSWORD_FILE=/etc/velero/repository-password
              velero restic snapshots
            """,
        subcommands: [ResticCommand.self, VersionCommand.self]
    )
}
