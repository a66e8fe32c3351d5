// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let podVolumeBackup = CustomResource(
        PodVolumeBackup.resourceType,
        "A backup of the files of one volume of a pod.",
        columns: [
            Column("Status", ".status.phase"), .date("Started", ".status.startTimestamp"),
            .bytes("Bytes Done", ".status.progress.bytesDone"), .bytes("Total Bytes", ".status.progress.totalBytes"),
            .bytes("Incremental Bytes", ".status.incrementalBytes", priority: 10),
            Column("Storage Location", ".spec.backupStorageLocation"), .age, Column("Node", ".spec.node"),
            Column("Uploader", ".spec.uploaderType"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("node", .string, "The node the pod runs on.", required: true),
                    Schema.Property("pod", .objectReference, "The pod.", required: true),
                    Schema.Property("volume", .string, "Name of the volume in the pod.", required: true),
                    Schema.Property("backupStorageLocation", .string, "Where the backup goes.", required: true),
                    Schema.Property("repoIdentifier", .string, "The repository, in restic's notation.", required: true),
                    Schema.Property("uploaderType", .oneOf(RepositoryType.self), "Who backs up; restic if empty."),
                    Schema.Property("tags", .stringMap, "Tags of the snapshot."),
                    Schema.Property("uploaderSettings", .stringMap.nullable, "Settings of the data path."),
                    Schema.Property("cancel", .boolean, "Whether to stop."),
                ]),
                "What to back up where."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .podVolumePhase, "How far the backup is."),
                    Schema.Property("path", .string, "The volume's directory as the node agent sees it."),
                    Schema.Property("snapshotID", .string, "The snapshot; empty if the volume was."),
                    Schema.Property("message", .string, "What went wrong or is worth knowing."),
                    Schema.Property("startTimestamp", .time, "When the backup started."),
                    Schema.Property("completionTimestamp", .time, "When the backup ended."),
                    Schema.Property("progress", .fileProgress, "Bytes and files done of those expected."),
                    Schema.Property("incrementalBytes", .integer64, "Bytes that were new to the repository."),
                    Schema.Property("acceptedTimestamp", .time, "When a node agent took it up."),
                    Schema.Property("volumeDigest", .string, "BLAKE2b digest over everything in the volume."),
                ]),
                "How far the backup is."
            ),
        ]
    )

    static let podVolumeRestore = CustomResource(
        PodVolumeRestore.resourceType,
        "A restore of the files of one volume of a pod.",
        columns: [
            Column("Status", ".status.phase"), .date("Started", ".status.startTimestamp"),
            .bytes("Bytes Done", ".status.progress.bytesDone"), .bytes("Total Bytes", ".status.progress.totalBytes"),
            Column("Storage Location", ".spec.backupStorageLocation"), .age, Column("Node", ".status.node"),
            Column("Uploader Type", ".spec.uploaderType"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("pod", .objectReference, "The restored pod.", required: true),
                    Schema.Property("volume", .string, "Name of the volume in the pod.", required: true),
                    Schema.Property("backupStorageLocation", .string, "Where the backup is.", required: true),
                    Schema.Property("repoIdentifier", .string, "The repository, in restic's notation.", required: true),
                    Schema.Property("snapshotID", .string, "The snapshot.", required: true),
                    // Required by Velero from 1.10 on; objects of older versions must stay writable.
                    Schema.Property("sourceNamespace", .string, "The pod's namespace when it was backed up."),
                    Schema.Property("uploaderType", .oneOf(RepositoryType.self), "Who backed up; restic if empty."),
                    Schema.Property("uploaderSettings", .stringMap.nullable, "Settings of the data path."),
                    Schema.Property("cancel", .boolean, "Whether to stop."),
                    Schema.Property("snapshotSize", .integer64, "Bytes in the snapshot."),
                ]),
                "What to restore where."
            ),
            Schema.Property(
                "status",
                .object([
                    Schema.Property("phase", .podVolumePhase, "How far the restore is."),
                    Schema.Property("message", .string, "What went wrong or is worth knowing."),
                    Schema.Property("startTimestamp", .time, "When the restore started."),
                    Schema.Property("completionTimestamp", .time, "When the restore ended."),
                    Schema.Property("progress", .fileProgress, "Bytes and files done of those expected."),
                    Schema.Property("acceptedTimestamp", .time, "When a node agent took it up."),
                    Schema.Property("node", .string, "The node whose agent does it."),
                ]),
                "How far the restore is."
            ),
        ]
    )
}
