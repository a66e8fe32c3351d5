// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Telemetry
import VeleroAPI

/// What the metrics of the server say about backups.
enum BackupMetrics {
    /// The label of backups: the name of their schedule, empty for those made by hand.
    static func schedule(of backup: Backup) -> String { backup.metadata[label: VeleroLabel.scheduleName] ?? "" }

    static func note(
        _ backup: Backup,
        _ content: BackupRun.Content,
        after duration: Duration,
        in metrics: MetricRegistry,
        at time: KubeTime
    ) {
        let label = schedule(of: backup)
        let isComplete = backup.phase == .completed
        metrics.counter(isComplete ? VeleroMetric.backupSuccesses : VeleroMetric.backupPartialFailures, label)
            .add()
        metrics.gauge(VeleroMetric.backupLastStatus, label).set(isComplete ? 1 : 0)
        if isComplete { metrics.gauge(VeleroMetric.backupLastSuccess, label).set(Double(time.seconds)) }
        metrics.histogram(VeleroMetric.backupDuration, label).observe(duration)
        metrics.gauge(VeleroMetric.backupItems, label).set(Double(content.itemCount))
        metrics.gauge(VeleroMetric.backupItemErrors, label).set(Double(backup.errors ?? 0))
        metrics.gauge(VeleroMetric.backupTarballBytes, label).set(Double(content.tarballByteCount))
    }

    static func noteFailure(of backup: Backup, in metrics: MetricRegistry) {
        let label = schedule(of: backup)
        metrics.counter(VeleroMetric.backupFailures, label).add()
        metrics.gauge(VeleroMetric.backupLastStatus, label).set(0)
    }
}
