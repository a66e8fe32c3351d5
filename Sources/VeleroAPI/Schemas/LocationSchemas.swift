// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

extension CustomResource {
    static let backupStorageLocation = CustomResource(
        BackupStorageLocation.resourceType,
        "A bucket or directory that backups go to.",
        shortNames: ["bsl"],
        columns: [
            Column("Phase", ".status.phase"), .date("Last Validated", ".status.lastValidationTime"), .age,
            Column("Default", ".spec.default", type: "boolean"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("provider", .string, "Who serves it, such as velero.io/aws.", required: true),
                    Schema.Property("config", .stringMap, "Settings of the provider."),
                    Schema.Property("credential", .secretKey, "Credentials of its own."),
                    Schema.Property(
                        "objectStorage",
                        .object([
                            Schema.Property("bucket", .string, "The bucket.", required: true),
                            Schema.Property("prefix", .string, "Where in the bucket."),
                            Schema.Property("caCert", .base64, "Certificates to trust; caCertRef is preferred."),
                            Schema.Property("caCertRef", .secretKey, "Certificates to trust, in a Secret."),
                        ]),
                        "The place.",
                        required: true
                    ),
                    Schema.Property("default", .boolean, "Whether backups go here that name no location."),
                    Schema.Property(
                        "accessMode",
                        .oneOf(AccessMode.self).defaulting(to: .string(AccessMode.readWrite.text)),
                        "What may be done with it."
                    ),
                    Schema.Property(
                        "backupSyncPeriod",
                        .duration.nullable,
                        "How often backups found there are added to the cluster."
                    ),
                    Schema.Property("validationFrequency", .duration.nullable, "How often it is tried."),
                ]),
                "Where and how."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf(LocationPhase.self), "Whether it can be used."),
                    Schema.Property("lastSyncedTime", .time, "When backups found there were last added."),
                    Schema.Property("lastValidationTime", .time, "When it was last tried."),
                    Schema.Property("message", .string, "Why it cannot be used."),
                    Schema.Property("lastSyncedRevision", .string, "Used up to Velero 1.1."),
                    Schema.Property("accessMode", .oneOf(AccessMode.self), "Not used."),
                ]),
                "Whether it can be used."
            ),
        ]
    )

    static let volumeSnapshotLocation = CustomResource(
        VolumeSnapshotLocation.resourceType,
        "A place that snapshots of volumes are kept in.",
        shortNames: ["vsl"],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("provider", .string, "Who serves it.", required: true),
                    Schema.Property("config", .stringMap, "Settings of the provider."),
                    Schema.Property("credential", .secretKey, "Credentials of its own."),
                ]),
                "Where and how."
            ),
            Schema.Property(
                "status",
                .object([Schema.Property("phase", .oneOf(LocationPhase.self), "Whether it can be used.")]),
                "Whether it can be used."
            ),
        ]
    )
}
