// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let restore = CustomResource(
        Restore.resourceType,
        "A restore of a backup's objects and volumes.",
        properties: [
            Schema.Property("spec", restoreSpec, "What to restore."),
            Schema.Property("status", restoreStatus, "How far the restore is."),
        ]
    )

    private static let restoreSpec = Schema.object([
        Schema.Property("backupName", .string, "The backup; or scheduleName."),
        Schema.Property("scheduleName", .string, "The schedule whose latest completed backup is meant; or backupName."),
        Schema.Property(
            "includedNamespaces",
            .strings.nullable,
            "Namespaces as they were called in the backup; all if empty."
        ),
        Schema.Property("excludedNamespaces", .strings.nullable, "Namespaces left out."),
        Schema.Property("includedResources", .strings.nullable, "Resources; all if empty."),
        Schema.Property("excludedResources", .strings.nullable, "Resources left out."),
        Schema.Property("namespaceMapping", .stringMap, "New names of namespaces by their old ones."),
        Schema.Property("labelSelector", .labelSelector.nullable, "Objects that are restored."),
        Schema.Property(
            "orLabelSelectors",
            .array(of: .labelSelector).nullable,
            "Objects any of these chooses; not with labelSelector."
        ),
        Schema.Property("restorePVs", .boolean.nullable, "Whether volumes are made from snapshots."),
        Schema.Property("preserveNodePorts", .boolean.nullable, "Whether services keep their node ports."),
        Schema.Property(
            "includeClusterResources",
            .boolean.nullable,
            "Whether objects without namespace are restored."
        ),
        Schema.Property(
            "restoreStatus",
            .object([
                Schema.Property("includedResources", .strings.nullable, "Resources whose status is restored."),
                Schema.Property("excludedResources", .strings.nullable, "Resources whose status is not."),
            ]).nullable,
            "Objects that get their status back."
        ),
        Schema.Property(
            "existingResourcePolicy",
            .string.nullable,
            "What happens to objects that exist: none or update."
        ),
        Schema.Property(
            "hooks",
            .object([Schema.Property("resources", .array(of: restoreHook), "Hooks and what they are for.")]),
            "What runs in restored pods."
        ),
        Schema.Property("itemOperationTimeout", .duration, "How long to wait for operations of plugins."),
        Schema.Property("resourceModifier", .localReference.nullable, "ConfigMap with changes to objects."),
        Schema.Property(
            "uploaderConfig",
            .object([
                Schema.Property("writeSparseFiles", .boolean.nullable, "Whether runs of zeros become holes."),
                Schema.Property("parallelFilesDownload", .integer, "Files written at once."),
            ]).nullable,
            "Settings of the data path."
        ),
    ])

    private static let restoreHook = Schema.object(
        Schema.hookScope + [
            Schema.Property(
                "postHooks",
                .array(
                    of: .object([
                        Schema.Property(
                            "exec",
                            .object([
                                Schema.Property("container", .string, "The container; the first one if empty."),
                                Schema.Property(
                                    "command",
                                    .strings.nonempty,
                                    "The command and its arguments.",
                                    required: true
                                ),
                                Schema.Property(
                                    "onError",
                                    .oneOf("Continue", "Fail"),
                                    "What a failure means for the restore."
                                ),
                                Schema.Property("execTimeout", .duration, "How long the command may take."),
                                Schema.Property("waitTimeout", .duration, "How long to wait for the container."),
                                Schema.Property(
                                    "waitForReady",
                                    .boolean.nullable,
                                    "Whether to wait until the container is ready."
                                ),
                            ]),
                            "A command in a container."
                        ),
                        Schema.Property(
                            "init",
                            .object([
                                Schema.Property(
                                    "initContainers",
                                    .array(of: .anyObject),
                                    "Containers put before the pod's own."
                                ),
                                Schema.Property("timeout", .duration, "How long they may take."),
                            ]),
                            "Init containers."
                        ),
                    ])
                ),
                "What runs after the restore of a pod."
            )
        ]
    )

    private static let restoreStatus = Schema.object([
        Schema.Property("phase", .oneOf(RestorePhase.self), "How far the restore is."),
        Schema.Property("validationErrors", .strings.nullable, "Why the request was refused."),
        Schema.Property("warnings", .integer, "Warnings in the log."),
        Schema.Property("errors", .integer, "Errors in the log."),
        Schema.Property("failureReason", .string, "Why the restore failed."),
        Schema.Property("startTimestamp", .time, "When the restore started."),
        Schema.Property("completionTimestamp", .time, "When the restore ended."),
        Schema.Property(
            "progress",
            .object([
                Schema.Property("totalItems", .integer, "Objects expected in all."),
                Schema.Property("itemsRestored", .integer, "Objects restored so far."),
            ]).nullable,
            "Objects done of those expected."
        ),
        Schema.Property("restoreItemOperationsAttempted", .integer, "Operations of plugins started."),
        Schema.Property("restoreItemOperationsCompleted", .integer, "Operations of plugins that succeeded."),
        Schema.Property("restoreItemOperationsFailed", .integer, "Operations of plugins that failed."),
        Schema.Property("hookStatus", .hookStatus, "How the hooks went."),
    ])
}
