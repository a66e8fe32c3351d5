// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The root of the command tree.
struct VeleroCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "velero",
        abstract: "Back up and restore volumes with restic repositories.",
        discussion: """
            In a cluster, "velero install" sets up a server and an agent on every node that back up and restore the volumes of \
            pods; kubectl's configuration says which cluster.

            Without one, set where the repository is and its password once, then use the commands below "velero restic":

              export RESTIC_REPOSITORY=s3:https://s3.example.org/bucket/volumes
              export RESTIC_PASSWORD_FILE=/etc/velero/repository-password
              velero restic snapshots
            """,
        subcommands: [
            BackupLocationCommand.self, ScheduleCommand.self, InstallCommand.self, UninstallCommand.self,
            ResticCommand.self, NodeAgentCommand.self, ServerCommand.self,
            VersionCommand.self,
        ]
    )
}
