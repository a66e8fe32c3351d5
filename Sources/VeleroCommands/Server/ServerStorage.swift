// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import ObjectStorage
import Telemetry
import VeleroAPI

/// How the programs inside of a cluster use repositories.
enum ServerStorage {
    static func configuration(
        namespace: String,
        metrics: MetricRegistry,
        in context: CommandContext
    ) -> LocationRepositories.Configuration {
        var configuration = LocationRepositories.Configuration(namespace: namespace)
        configuration.variables = context.environment
        // Where Velero keeps it, so that a volume for it serves both.
        configuration.cacheDirectory = context.variable("VELERO_SCRATCH_DIR").map { "\($0)/.cache/restic" }
        configuration.layers.meter = meter(in: metrics)
        return configuration
    }

    /// Counts requests and bytes for whoever reads the metrics.
    private static func meter(in metrics: MetricRegistry) -> StorageMeter {
        let meter = StorageMeter()
        metrics.observe(VeleroMetric.storageRequests) {
            meter.reading.operationCounts.map { MetricSample(Double($0.value), labels: [$0.key.rawValue]) }
        }
        metrics.observe(VeleroMetric.storageBytes) {
            let reading = meter.reading
            return [
                MetricSample(Double(reading.sentByteCount), labels: ["sent"]),
                MetricSample(Double(reading.receivedByteCount), labels: ["received"]),
            ]
        }
        return meter
    }
}

/// Durations of the servers' flags, written as Go writes them.
enum ServerDurations {
    /// - Throws: ``CommandFailure`` for anything but a duration above zero; nil for no flag.
    static func positive(_ text: String?, flag: String) throws -> Duration? {
        guard let text else { return nil }
        guard let duration = GoDuration(parsing: text), duration.nanoseconds > 0 else {
            throw CommandFailure("\(flag): '\(text)' is no duration such as 10m")
        }
        return .nanoseconds(duration.nanoseconds)
    }
}
