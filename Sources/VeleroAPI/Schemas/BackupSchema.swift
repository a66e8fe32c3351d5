// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let backup = CustomResource(
        Backup.resourceType,
        "A backup of objects of the cluster and of the volumes of its pods.",
        properties: [
            Schema.Property("spec", backupSpec, "What to back up."),
            Schema.Property("status", backupStatus, "How far the backup is."),
        ]
    )

    /// Also the template of a Schedule.
    static let backupSpec = Schema.object([
        Schema.Property(
            "metadata",
            .object([Schema.Property("labels", .stringMap, "Labels of the backups a schedule makes.")]),
            "Metadata of the backups a schedule makes."
        ),
        Schema.Property("includedNamespaces", .strings.nullable, "Namespaces, patterns allowed; all if empty or *."),
        Schema.Property("excludedNamespaces", .strings.nullable, "Namespaces left out."),
        Schema.Property(
            "includedResources",
            .strings.nullable,
            "Resources, as resource or resource.group; all if empty."
        ),
        Schema.Property("excludedResources", .strings.nullable, "Resources left out."),
        Schema.Property(
            "includeClusterResources",
            .boolean.nullable,
            "Objects without namespace: all, none, or if unset those the namespaces' objects need."
        ),
        Schema.Property(
            "includedClusterScopedResources",
            .strings.nullable,
            "Resources without namespace; not with the fields above."
        ),
        Schema.Property("excludedClusterScopedResources", .strings.nullable, "Resources without namespace left out."),
        Schema.Property("includedNamespaceScopedResources", .strings.nullable, "Resources with namespace."),
        Schema.Property("excludedNamespaceScopedResources", .strings.nullable, "Resources with namespace left out."),
        Schema.Property("labelSelector", .labelSelector.nullable, "Objects that are backed up."),
        Schema.Property(
            "orLabelSelectors",
            .array(of: .labelSelector).nullable,
            "Objects any of these chooses; not with labelSelector."
        ),
        Schema.Property("snapshotVolumes", .boolean.nullable, "Whether volumes are snapshotted by their storage."),
        Schema.Property("ttl", .duration, "How long the backup is kept."),
        Schema.Property(
            "hooks",
            .object([Schema.Property("resources", .array(of: backupHook).nullable, "Hooks and what they are for.")]),
            "Commands run in pods before and after they are backed up."
        ),
        Schema.Property("storageLocation", .string, "The BackupStorageLocation the backup goes to."),
        Schema.Property("volumeSnapshotLocations", .strings, "VolumeSnapshotLocations, one per provider at most."),
        Schema.Property("defaultVolumesToRestic", .boolean.nullable, "Old name of defaultVolumesToFsBackup."),
        Schema.Property(
            "defaultVolumesToFsBackup",
            .boolean.nullable,
            "Whether every volume's files are backed up unless a pod opts out."
        ),
        Schema.Property(
            "orderedResources",
            .stringMap.nullable,
            "Objects backed up first, in order: resource to comma-separated names."
        ),
        Schema.Property("csiSnapshotTimeout", .duration, "How long to wait for a snapshot's handle."),
        Schema.Property("itemOperationTimeout", .duration, "How long to wait for operations of plugins."),
        Schema.Property("resourcePolicy", .localReference, "ConfigMap with volume policies."),
        Schema.Property(
            "snapshotMoveData",
            .boolean.nullable,
            "Whether the data of snapshots is moved to the storage location."
        ),
        Schema.Property("datamover", .string, "Who moves the data of snapshots."),
        Schema.Property(
            "uploaderConfig",
            .object([Schema.Property("parallelFilesUpload", .integer, "Files read at once.")]).nullable,
            "Settings of the data path."
        ),
        Schema.Property("volumeGroupSnapshotLabelKey", .string, "Label by which claims are snapshotted together."),
    ])

    private static let backupHook = Schema.object(
        Schema.hookScope + [
            Schema.Property("pre", .array(of: backupHookAction), "Run before the pod is backed up."),
            Schema.Property("post", .array(of: backupHookAction), "Run after the pod is backed up."),
        ]
    )

    private static let backupHookAction = Schema.object([
        Schema.Property(
            "exec",
            .object([
                Schema.Property("container", .string, "The container; the first one if empty."),
                Schema.Property("command", .strings.nonempty, "The command and its arguments.", required: true),
                Schema.Property("onError", .oneOf("Continue", "Fail"), "What a failure means for the backup."),
                Schema.Property("timeout", .duration, "How long the command may take."),
            ]),
            "A command in a container.",
            required: true
        )
    ])

    private static let backupStatus = Schema.object([
        Schema.Property("version", .integer, "Major version of the backup's format."),
        Schema.Property("formatVersion", .string, "Version of the backup's format."),
        Schema.Property("expiration", .time, "When the backup may be deleted."),
        Schema.Property("phase", .oneOf(BackupPhase.self), "How far the backup is."),
        Schema.Property("queuePosition", .integer, "Place in the queue, from 1."),
        Schema.Property("validationErrors", .strings.nullable, "Why the request was refused."),
        Schema.Property("startTimestamp", .time, "When the backup started."),
        Schema.Property("completionTimestamp", .time, "When the backup ended."),
        Schema.Property("volumeSnapshotsAttempted", .integer, "Snapshots asked of storage."),
        Schema.Property("volumeSnapshotsCompleted", .integer, "Snapshots storage made."),
        Schema.Property("csiVolumeSnapshotsAttempted", .integer, "Snapshots asked of CSI drivers."),
        Schema.Property("csiVolumeSnapshotsCompleted", .integer, "Snapshots CSI drivers made."),
        Schema.Property("failureReason", .string, "Why the backup failed."),
        Schema.Property("warnings", .integer, "Warnings in the log."),
        Schema.Property("errors", .integer, "Errors in the log."),
        Schema.Property(
            "progress",
            .object([
                Schema.Property("totalItems", .integer, "Objects expected in all."),
                Schema.Property("itemsBackedUp", .integer, "Objects backed up so far."),
            ]).nullable,
            "Objects done of those expected."
        ),
        Schema.Property("backupItemOperationsAttempted", .integer, "Operations of plugins started."),
        Schema.Property("backupItemOperationsCompleted", .integer, "Operations of plugins that succeeded."),
        Schema.Property("backupItemOperationsFailed", .integer, "Operations of plugins that failed."),
        Schema.Property("hookStatus", .hookStatus, "How the hooks went."),
    ])
}
