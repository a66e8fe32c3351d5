// SPDX-License-Identifier: Apache-2.0

extension CustomResource {
    static let dataUpload = CustomResource(
        DataUpload.resourceType,
        "A backup of the data of a volume's snapshot.",
        columns: [
            Column("Status", ".status.phase"), .date("Started", ".status.startTimestamp"),
            .bytes("Bytes Done", ".status.progress.bytesDone"), .bytes("Total Bytes", ".status.progress.totalBytes"),
            .bytes("Incremental Bytes", ".status.incrementalBytes", priority: 10),
            Column("Storage Location", ".spec.backupStorageLocation"), .age, Column("Node", ".status.node"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property("snapshotType", .string, "Kind of snapshot, such as CSI.", required: true),
                    Schema.Property(
                        "csiSnapshot",
                        .object([
                            Schema.Property("volumeSnapshot", .string, "The VolumeSnapshot.", required: true),
                            Schema.Property("storageClass", .string, "The volume's storage class.", required: true),
                            Schema.Property("snapshotClass", .string, "The snapshot's class."),
                            Schema.Property("driver", .string, "The CSI driver."),
                        ]).nullable,
                        "The snapshot."
                    ),
                    Schema.Property("sourcePVC", .string, "The claim.", required: true),
                    Schema.Property("datamover", .string, "Who moves the data."),
                    Schema.Property("backupStorageLocation", .string, "Where the data goes.", required: true),
                    Schema.Property("sourceNamespace", .string, "The claim's namespace.", required: true),
                    Schema.Property("dataMoverConfig", .stringMap.nullable, "Settings of the data mover."),
                    Schema.Property("cancel", .boolean, "Whether to stop."),
                    Schema.Property("operationTimeout", .duration, "How long an operation may take.", required: true),
                ]),
                "What to move where."
            ),
            Schema.Property(
                "status",
                .object(
                    [
                        Schema.Property("path", .string, "Where the data was read."),
                        Schema.Property("snapshotID", .string, "The snapshot in the repository."),
                        Schema.Property("dataMoverResult", .stringMap.nullable, "What the data mover tells."),
                        Schema.Property("incrementalBytes", .integer64, "Bytes that were new to the repository."),
                        Schema.Property("nodeOS", .oneOf("auto", "linux", "windows"), "Operating system of the node."),
                    ] + movementStatus
                ),
                "How far it is."
            ),
        ]
    )

    static let dataDownload = CustomResource(
        DataDownload.resourceType,
        "A restore of the data of a volume's snapshot.",
        columns: [
            Column("Status", ".status.phase"), .date("Started", ".status.startTimestamp"),
            .bytes("Bytes Done", ".status.progress.bytesDone"), .bytes("Total Bytes", ".status.progress.totalBytes"),
            Column("Storage Location", ".spec.backupStorageLocation"), .age, Column("Node", ".status.node"),
        ],
        properties: [
            Schema.Property(
                "spec",
                .object([
                    Schema.Property(
                        "targetVolume",
                        .object([
                            Schema.Property("pvc", .string, "The claim.", required: true),
                            Schema.Property("pv", .string, "The volume.", required: true),
                            Schema.Property("namespace", .string, "The claim's namespace.", required: true),
                        ]),
                        "Where the data goes.",
                        required: true
                    ),
                    Schema.Property("backupStorageLocation", .string, "Where the data is.", required: true),
                    Schema.Property("datamover", .string, "Who moves the data."),
                    Schema.Property("snapshotID", .string, "The snapshot in the repository.", required: true),
                    Schema.Property("sourceNamespace", .string, "The claim's namespace at backup.", required: true),
                    Schema.Property("dataMoverConfig", .stringMap, "Settings of the data mover."),
                    Schema.Property("cancel", .boolean, "Whether to stop."),
                    Schema.Property("operationTimeout", .duration, "How long an operation may take.", required: true),
                    Schema.Property("nodeOS", .oneOf("auto", "linux", "windows"), "Operating system of the node."),
                    Schema.Property("snapshotSize", .integer64, "Bytes in the snapshot."),
                ]),
                "What to move where."
            ),
            Schema.Property("status", .object(movementStatus), "How far it is."),
        ]
    )

    private static let movementStatus: [Schema.Property] = [
        Schema.Property("phase", .podVolumePhase, "How far it is."),
        Schema.Property("message", .string, "What went wrong."),
        Schema.Property("startTimestamp", .time, "When it started."),
        Schema.Property("completionTimestamp", .time, "When it ended."),
        Schema.Property("progress", .byteProgress, "Bytes done of those expected."),
        Schema.Property("node", .string, "The node that does it."),
        Schema.Property("acceptedByNode", .string, "The node whose agent took it up."),
        Schema.Property("acceptedTimestamp", .time, "When it was taken up."),
    ]
}
