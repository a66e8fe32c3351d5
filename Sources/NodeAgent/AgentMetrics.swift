// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Telemetry
import VeleroAPI

/// What the agent counts, for one kind of operation.
struct OperationMetrics: Sendable {
    /// `backup` or `restore`.
    let operation: String
    let enqueued: MetricCounter?
    let dequeued: MetricCounter?
    let latency: MetricHistogram
    let lastLatency: MetricGauge
    let claimLatency: MetricHistogram
    private let completed: MetricCounter
    private let failed: MetricCounter
    private let canceled: MetricCounter
    private let bytes: MetricCounter
    private let files: MetricCounter
    private let storedBytes: MetricCounter

    init(_ operation: String, node: String, countsQueue: Bool, in registry: MetricRegistry) {
        self.operation = operation
        enqueued = countsQueue ? registry.counter(VeleroMetric.podVolumeBackupEnqueued, node) : nil
        dequeued = countsQueue ? registry.counter(VeleroMetric.podVolumeBackupDequeued, node) : nil
        latency = registry.histogram(VeleroMetric.podVolumeOperationLatency, node, operation)
        lastLatency = registry.gauge(VeleroMetric.podVolumeOperationLastLatency, node, operation)
        claimLatency = registry.histogram(VeleroMetric.claimLatency, operation)
        completed = registry.counter(VeleroMetric.volumeOperations, operation, "completed")
        failed = registry.counter(VeleroMetric.volumeOperations, operation, "failed")
        canceled = registry.counter(VeleroMetric.volumeOperations, operation, "canceled")
        bytes = registry.counter(VeleroMetric.volumeBytes, operation)
        files = registry.counter(VeleroMetric.volumeFiles, operation)
        storedBytes = registry.counter(VeleroMetric.storedBytes)
    }

    /// Counts what was moved between two looks.
    func count(from before: MoveCounts, to after: MoveCounts) {
        bytes.add(count: max(0, after.bytes - before.bytes))
        files.add(count: max(0, after.files - before.files))
        storedBytes.add(count: max(0, after.storedBytes - before.storedBytes))
    }

    /// Counts an end that was written into a status.
    func countEnd(_ phase: PodVolumePhase) {
        switch phase {
        case .completed: completed.add()
        case .canceled: canceled.add()
        default: failed.add()
        }
    }
}

/// What the agent counts.
struct AgentMetrics: Sendable {
    let backups: OperationMetrics
    let restores: OperationMetrics
    private let registry: MetricRegistry

    init(node: String, in registry: MetricRegistry) {
        backups = OperationMetrics("backup", node: node, countsQueue: true, in: registry)
        restores = OperationMetrics("restore", node: node, countsQueue: false, in: registry)
        self.registry = registry
    }

    /// Tells how many moves run and wait whenever somebody asks.
    func observe(_ table: MoveTable) {
        for (metric, isRunning) in [
            (VeleroMetric.runningOperations, true), (VeleroMetric.waitingOperations, false),
        ] {
            registry.observe(metric) {
                let keys = isRunning ? table.runningKeys : table.waitingKeys
                let backups = keys.count { if case .backup = $0 { true } else { false } }
                return [
                    MetricSample(Double(backups), labels: ["backup"]),
                    MetricSample(Double(keys.count - backups), labels: ["restore"]),
                ]
            }
        }
    }
}
