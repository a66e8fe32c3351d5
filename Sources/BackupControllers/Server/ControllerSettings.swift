// SPDX-License-Identifier: Apache-2.0

package import ClusterArchive

/// What the server is told at its start.
package struct ControllerSettings: Sendable {
    /// Velero's namespace, where the resources are.
    package var namespace: String
    /// Pause between two prunes of a repository that does not say otherwise (`--default-repo-maintain-frequency`).
    package var maintenanceFrequency: Duration = .seconds(168 * 3600)
    /// Longest time one prune may take, waiting for running backups included.
    package var maintenanceTimeLimit: Duration = .seconds(4 * 3600)
    /// Most memory a prune may need, in bytes; nil for no limit.
    package var maintenanceMemoryLimit: Int?
    /// How long a prune waits for running backups before it gives up until later.
    package var lockWait: Duration = .seconds(30 * 60)
    /// Pause between two looks at a repository: for locks left behind, and for whether one that was not ready is.
    package var checkInterval: Duration = .seconds(300)
    /// After how long without a node agent on its node an unfinished backup or restore of a volume fails.
    package var agentTimeout: Duration = .seconds(30 * 60)
    /// How long a restore of a volume may wait for its pod to be made (`--resource-timeout`).
    package var podTimeout: Duration = .seconds(600)
    /// Longest time that removing the snapshots of one backup may take.
    package var deletionTimeLimit: Duration = .seconds(30 * 60)
    /// What backups get that their requests do not say.
    package var backupDefaults = BackupDefaults()
    /// Backups under way at once (`--concurrent-backups`).
    package var concurrentBackups = 1
    /// Longest time the volumes of one backup may take altogether (`--fs-backup-timeout`).
    package var podVolumeTimeout: Duration = .seconds(4 * 3600)
    /// Most objects asked for at once (`--client-page-size`).
    package var pageSize = 500
    /// Pause between two looks at a location that does not say otherwise (`--store-validation-frequency`).
    package var locationCheckInterval: Duration = .seconds(60)
    /// Pause between two looks for backups in the bucket of a location that does not say otherwise (`--backup-sync-period`).
    package var syncInterval: Duration = .seconds(60)
    /// Pause between two looks at a backup whose time is over but which cannot be deleted (`--garbage-collection-frequency`).
    package var collectionInterval: Duration = .seconds(3600)
    /// Whether a schedule's first backup waits for its time, unless the schedule says otherwise (`--schedule-skip-immediately`).
    package var schedulesSkipImmediately = false
    /// The time zone of schedules that name none.
    package var zoneName = "UTC"
    /// What this server calls its version.
    package var version = ""
    /// Repositories looked at at once.
    package var workerCount = 4

    package init(namespace: String) { self.namespace = namespace }
}
