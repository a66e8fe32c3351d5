// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let deleteBackupRequest = CustomResource(
        DeleteBackupRequest.resourceType,
        "Asks the server to delete a backup with everything that belongs to it.",
        columns: [Column("BackupName", ".spec.backupName"), Column("Status", ".status.phase")],
        properties: [
            Schema.Property(
                "spec",
                .object([Schema.Property("backupName", .string, "The backup.", required: true)]),
                "What to delete."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf("New", "InProgress", "Processed"), "How far the request is."),
                    Schema.Property("errors", .strings.nullable, "What could not be deleted."),
                ]),
                "How far the request is."
            ),
        ]
    )

    static let downloadRequest = CustomResource(
        DownloadRequest.resourceType,
        "Asks the server for a URL from which a file of the object storage can be fetched.",
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property(
                        "target",
                        .object([
                            Schema.Property("kind", .oneOf(DownloadTargetKind.self), "Which file.", required: true),
                            Schema.Property("name", .string, "Name of the backup or restore.", required: true),
                        ]),
                        "What to fetch.",
                        required: true
                    )
                ]),
                "What to fetch."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf("New", "Processed"), "How far the request is."),
                    Schema.Property("downloadURL", .string, "Where to fetch it."),
                    Schema.Property("expiration", .time, "Until when the URL works."),
                ]),
                "Where to fetch it."
            ),
        ]
    )

    static let serverStatusRequest = CustomResource(
        ServerStatusRequest.resourceType,
        "Asks the server for its version and plugins.",
        shortNames: ["ssr"],
        properties: [
            Schema.Property("spec", .object([]), "Nothing."),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf("New", "Processed"), "How far the request is."),
                    Schema.Property("processedTimestamp", .time, "When the server answered."),
                    Schema.Property("serverVersion", .string, "The server's version."),
                    Schema.Property(
                        "plugins",
                        .array(
                            of: .object([
                                Schema.Property("name", .string, "Name of the plugin.", required: true),
                                Schema.Property("kind", .string, "What it does.", required: true),
                            ])
                        ).nullable,
                        "The server's plugins."
                    ),
                ]),
                "The answer."
            ),
        ]
    )
}
