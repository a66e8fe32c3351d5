// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let schedule = CustomResource(
        Schedule.resourceType,
        "Makes backups again and again.",
        columns: [
            Column("Status", ".status.phase"), Column("Schedule", ".spec.schedule"),
            .date("LastBackup", ".status.lastBackup"), .age, Column("Paused", ".spec.paused", type: "boolean"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("template", backupSpec, "The specification of each backup.", required: true),
                    Schema.Property("schedule", .string, "When, in cron's notation.", required: true),
                    Schema.Property(
                        "useOwnerReferencesInBackup",
                        .boolean.nullable,
                        "Whether backups go with the schedule."
                    ),
                    Schema.Property("paused", .boolean, "Whether it makes no backups for now."),
                    Schema.Property("skipImmediately", .boolean, "Whether the first backup waits for its time."),
                ]),
                "When to make which backups."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf(SchedulePhase.self), "Whether it makes backups."),
                    Schema.Property("lastBackup", .time, "When it made the last backup."),
                    Schema.Property("lastSkipped", .time, "When it last left one out."),
                    Schema.Property("validationErrors", .strings, "Why it was refused."),
                ]),
                "What it did."
            ),
        ]
    )
}
