// SPDX-License-Identifier: Apache-2.0

/// Every metric there is.
///
/// The first group has the names, labels and help of Velero's agent, whose dashboards so keep working; its two labels that hold names
/// of backups are left out, as they would grow without bound.
package enum VeleroMetric {
    private static let minutes: [Double] = [1, 5, 10, 15, 30, 60, 120, 180, 240].map { $0 * 60 }

    // MARK: As Velero has them

    package static let podVolumeBackupEnqueued = Metric(
        "podVolume_pod_volume_backup_enqueue_count",
        .counter,
        "Total number of pod_volume_backup objects enqueued",
        labels: ["node"]
    )
    package static let podVolumeBackupDequeued = Metric(
        "podVolume_pod_volume_backup_dequeue_count",
        .counter,
        "Total number of pod_volume_backup objects dequeued",
        labels: ["node"]
    )
    /// `operation` is `backup` or `restore`.
    package static let podVolumeOperationLatency = Metric(
        "podVolume_pod_volume_operation_latency_seconds",
        .histogram(bounds: minutes),
        "Time taken to complete pod volume operation, in seconds",
        labels: ["node", "operation"]
    )
    package static let podVolumeOperationLastLatency = Metric(
        "podVolume_pod_volume_operation_latency_seconds_gauge",
        .gauge,
        "Gauge metric indicating time taken, in seconds, to perform pod volume operations",
        labels: ["node", "operation"]
    )

    // MARK: Backups, as Velero has them; `schedule` is empty for those made by hand

    package static let backupAttempts = Metric(
        "velero_backup_attempt_total",
        .counter,
        "Total number of attempted backups",
        labels: ["schedule"]
    )
    package static let backupSuccesses = Metric(
        "velero_backup_success_total",
        .counter,
        "Total number of successful backups",
        labels: ["schedule"]
    )
    package static let backupPartialFailures = Metric(
        "velero_backup_partial_failure_total",
        .counter,
        "Total number of partially failed backups",
        labels: ["schedule"]
    )
    package static let backupFailures = Metric(
        "velero_backup_failure_total",
        .counter,
        "Total number of failed backups",
        labels: ["schedule"]
    )
    package static let backupValidationFailures = Metric(
        "velero_backup_validation_failure_total",
        .counter,
        "Total number of validation failed backups",
        labels: ["schedule"]
    )
    package static let backupDuration = Metric(
        "velero_backup_duration_seconds",
        .histogram(bounds: minutes),
        "Time taken to complete backup, in seconds",
        labels: ["schedule"]
    )
    package static let backupTarballBytes = Metric(
        "velero_backup_tarball_size_bytes",
        .gauge,
        "Size, in bytes, of a backup",
        labels: ["schedule"]
    )
    package static let backupItems = Metric(
        "velero_backup_items_total",
        .gauge,
        "Total number of items backed up",
        labels: ["schedule"]
    )
    package static let backupItemErrors = Metric(
        "velero_backup_items_errors",
        .gauge,
        "Total number of errors encountered during backup",
        labels: ["schedule"]
    )
    package static let backupLastSuccess = Metric(
        "velero_backup_last_successful_timestamp",
        .gauge,
        "Last time a backup ran successfully, Unix timestamp in seconds",
        labels: ["schedule"]
    )
    package static let backupLastStatus = Metric(
        "velero_backup_last_status",
        .gauge,
        "Last status of the backup. A value of 1 is success, 0 is failure",
        labels: ["schedule"]
    )

    // MARK: The agent's work

    /// `operation` is `backup` or `restore`, `result` is `completed`, `failed` or `canceled`.
    package static let volumeOperations = Metric(
        "velero_agent_volume_operations_total",
        .counter,
        "Volumes backed up or restored, by result",
        labels: ["operation", "result"]
    )
    package static let volumeBytes = Metric(
        "velero_agent_volume_bytes_total",
        .counter,
        "Bytes of file content read from or written to volumes",
        labels: ["operation"]
    )
    package static let volumeFiles = Metric(
        "velero_agent_volume_files_total",
        .counter,
        "Files read from or written to volumes",
        labels: ["operation"]
    )
    package static let storedBytes = Metric(
        "velero_agent_stored_bytes_total",
        .counter,
        "Bytes that backups added to repositories, after compression"
    )
    package static let claimLatency = Metric(
        "velero_agent_claim_latency_seconds",
        .histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300]),
        "Time from the creation of a resource to the start of its work",
        labels: ["operation"]
    )
    package static let waitingOperations = Metric(
        "velero_agent_waiting_operations",
        .gauge,
        "Resources of this node that wait for a free worker",
        labels: ["operation"]
    )
    package static let runningOperations = Metric(
        "velero_agent_running_operations",
        .gauge,
        "Resources of this node that are being worked on",
        labels: ["operation"]
    )

    // MARK: Repositories

    /// `phase` is `New`, `Ready` or `NotReady`.
    package static let repositories = Metric(
        "velero_repositories",
        .gauge,
        "Repositories of the installation by phase",
        labels: ["phase"]
    )
    package static let repositoryMaintenance = Metric(
        "velero_repository_maintenance_total",
        .counter,
        "Maintenance runs of repositories by result",
        labels: ["result"]
    )
    package static let repositoryMaintenanceDuration = Metric(
        "velero_repository_maintenance_duration_seconds",
        .histogram(bounds: minutes),
        "Time taken by maintenance of a repository, in seconds"
    )
    package static let freedBytes = Metric(
        "velero_repository_freed_bytes_total",
        .counter,
        "Bytes that maintenance removed from repositories"
    )
    /// `operation` is `get`, `getStream`, `put`, `putStream`, `list`, `stat`, `delete` or `createContainer`; repeated ones count each time.
    package static let storageRequests = Metric(
        "velero_storage_requests_total",
        .counter,
        "Requests to object stores",
        labels: ["operation"]
    )
    /// `direction` is `sent` or `received`.
    package static let storageBytes = Metric(
        "velero_storage_bytes_total",
        .counter,
        "Bytes sent to and received from object stores",
        labels: ["direction"]
    )

    // MARK: The process

    package static let isLeader = Metric(
        "velero_server_leader",
        .gauge,
        "1 on the server that holds the lease, 0 on those that wait for it"
    )
    package static let buildInformation = Metric(
        "velero_build_info",
        .gauge,
        "Always 1; the version is a label",
        labels: ["version"]
    )
    package static let residentBytes = Metric(
        "process_resident_memory_bytes",
        .gauge,
        "Resident memory size in bytes"
    )
    package static let processorSeconds = Metric(
        "process_cpu_seconds_total",
        .counter,
        "Total user and system CPU time spent in seconds"
    )
}
