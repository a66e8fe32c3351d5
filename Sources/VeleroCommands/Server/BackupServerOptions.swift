// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupControllers
import ClusterArchive

/// The server's flags about backups.
struct BackupServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long backups are kept that do not say otherwise. (default: 720h)",
            valueName: "duration"
        )
    )
    var defaultBackupTtl: String?

    @Option(
        help: ArgumentHelp(
            "The location of backups that name none, where none is marked as the default. (default: default)",
            valueName: "name"
        )
    )
    var defaultBackupStorageLocation: String?

    @Flag(
        name: [.customLong("default-volumes-to-fs-backup"), .customLong("default-volumes-to-restic")],
        help: "Back up the files of every volume unless its pod opts out, where backups do not say otherwise."
    )
    var takesAllVolumes = false

    @Option(
        name: [
            .customLong("fs-backup-timeout"), .customLong("restic-timeout"),
            .customLong("pod-volume-operation-timeout"),
        ],
        help: ArgumentHelp(
            "How long the volumes of one backup may take altogether. (default: 4h)",
            valueName: "duration"
        )
    )
    var volumeTimeout: String?

    @Option(
        help: ArgumentHelp("How long operations of plugins may take. (default: 4h)", valueName: "duration")
    )
    var defaultItemOperationTimeout: String?

    @Option(help: ArgumentHelp("Backups under way at once. (default: 1)", valueName: "count"))
    var concurrentBackups: Int?

    @Option(
        help: ArgumentHelp(
            "Most objects asked of the API server at once; 0 for 500. (default: 500)",
            valueName: "count"
        )
    )
    var clientPageSize: Int?

    /// - Throws: ``CommandFailure`` that names the flag.
    func apply(to settings: inout ControllerSettings) throws {
        if let ttl = try ServerDurations.positive(defaultBackupTtl, flag: "--default-backup-ttl") {
            settings.backupDefaults.timeToLive = ttl
        }
        if let name = defaultBackupStorageLocation { settings.backupDefaults.storageLocation = name }
        settings.backupDefaults.takesAllVolumes = takesAllVolumes
        if let timeout = try ServerDurations.positive(volumeTimeout, flag: "--fs-backup-timeout") {
            settings.podVolumeTimeout = timeout
        }
        let operationFlag = "--default-item-operation-timeout"
        if let timeout = try ServerDurations.positive(defaultItemOperationTimeout, flag: operationFlag) {
            settings.backupDefaults.itemOperationTimeout = timeout
        }
        if let count = concurrentBackups {
            guard (1...100).contains(count) else { throw CommandFailure("concurrent-backups must be from 1 to 100") }
            settings.concurrentBackups = count
        }
        if let size = clientPageSize {
            guard size >= 0 else { throw CommandFailure("client-page-size must not be negative") }
            // Without pages a large collection would have to fit into memory.
            settings.pageSize = size == 0 ? 500 : size
        }
    }
}
