// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A kind of Velero's own as the API server is told about it.
package struct CustomResource: Sendable {
    /// A column of `kubectl get`.
    package struct Column: Sendable {
        package let name: String
        /// `string`, `date`, `boolean` or `integer`.
        package let type: String
        package let path: String
        package let format: String?
        /// Columns above 0 show with `-o wide` only.
        package let priority: Int

        init(_ name: String, _ path: String, type: String = "string", format: String? = nil, priority: Int = 0) {
            self.name = name
            self.type = type
            self.path = path
            self.format = format
            self.priority = priority
        }

        static func date(_ name: String, _ path: String) -> Column { Column(name, path, type: "date") }
        static func bytes(_ name: String, _ path: String, priority: Int = 0) -> Column {
            Column(name, path, type: "integer", format: "int64", priority: priority)
        }
        static let age = date("Age", ".metadata.creationTimestamp")
    }

    package let type: ResourceType
    package let shortNames: [String]
    package let description: String
    package let columns: [Column]
    /// Members beside `apiVersion`, `kind` and `metadata`.
    package let properties: [Schema.Property]
    /// Whether an installation has it; kinds of old versions are only read where a cluster still has them.
    package let isInstalled: Bool

    init(
        _ type: ResourceType,
        _ description: String,
        shortNames: [String] = [],
        columns: [Column] = [],
        isInstalled: Bool = true,
        properties: [Schema.Property]
    ) {
        self.type = type
        self.shortNames = shortNames
        self.description = description
        self.columns = columns
        self.properties = properties
        self.isInstalled = isInstalled
    }

    /// The schema of the whole object.
    package var schema: Schema {
        .object(
            [
                Schema.Property("apiVersion", .string, "Group and version."),
                Schema.Property("kind", .string, "The kind."),
                // The server knows it itself and allows no word about it.
                Schema.Property("metadata", .object([]), ""),
            ] + properties
        )
    }

    /// All kinds, in the order of their plural names.
    package static let all: [CustomResource] = [
        .backupRepository, .backup, .backupStorageLocation, .dataDownload, .dataUpload, .deleteBackupRequest,
        .downloadRequest, .podVolumeBackup, .podVolumeRestore, .resticRepository, .restore, .schedule,
        .serverStatusRequest, .volumeSnapshotLocation,
    ].sorted { $0.type.plural < $1.type.plural }
}
