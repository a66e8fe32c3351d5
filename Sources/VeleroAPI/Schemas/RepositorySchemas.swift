// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let backupRepository = CustomResource(
        BackupRepository.resourceType,
        "The repository of one namespace's volumes in one storage location.",
        columns: [.age, Column("Repository Type", ".spec.repositoryType")],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("volumeNamespace", .string, "The namespace.", required: true),
                    Schema.Property("backupStorageLocation", .string, "The storage location.", required: true),
                    Schema.Property("repositoryType", .oneOf(RepositoryType.self), "The repository's format."),
                    Schema.Property("resticIdentifier", .string, "The repository, in restic's notation."),
                    Schema.Property("maintenanceFrequency", .duration, "How often it is pruned.", required: true),
                    Schema.Property("repositoryConfig", .stringMap.nullable, "Settings of the repository."),
                ]),
                "Which repository."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf(RepositoryPhase.self), "Whether it can be used."),
                    Schema.Property("message", .string, "Why it cannot be used, or what the last maintenance said."),
                    Schema.Property("lastMaintenanceTime", .time, "When it was last pruned."),
                    Schema.Property(
                        "recentMaintenance",
                        .array(
                            of: .object([
                                Schema.Property("result", .oneOf(MaintenanceResult.self), "How it ended."),
                                Schema.Property("startTimestamp", .time, "When it started."),
                                Schema.Property("completeTimestamp", .time, "When it ended."),
                                Schema.Property("message", .string, "What went wrong."),
                            ])
                        ),
                        "The latest maintenance runs."
                    ),
                ]),
                "Whether it can be used."
            ),
        ]
    )

    static let resticRepository = CustomResource(
        ResticRepository.resourceType,
        "The repository of one namespace's volumes in one storage location, as Velero up to 1.9 keeps it.",
        columns: [.age],
        isInstalled: false,
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("volumeNamespace", .string, "The namespace.", required: true),
                    Schema.Property("backupStorageLocation", .string, "The storage location.", required: true),
                    Schema.Property(
                        "resticIdentifier",
                        .string,
                        "The repository, in restic's notation.",
                        required: true
                    ),
                    Schema.Property("maintenanceFrequency", .duration, "How often it is pruned.", required: true),
                ]),
                "Which repository."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .oneOf(RepositoryPhase.self), "Whether it can be used."),
                    Schema.Property("message", .string, "Why it cannot be used."),
                    Schema.Property("lastMaintenanceTime", .time, "When it was last pruned."),
                ]),
                "Whether it can be used."
            ),
        ]
    )
}
