// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Backups again and again: `velero schedule`.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Work with schedules.",
        subcommands: [
            ScheduleCreateCommand.self, ScheduleGetCommand.self, ScheduleDescribeCommand.self,
            ScheduleDeleteCommand.self, SchedulePauseCommand.self, ScheduleUnpauseCommand.self,
        ]
    )
}
