// SPDX-License-Identifier: Apache-2.0

import Telemetry

/// What the kernel counts of this process, under the names every Prometheus client uses.
enum ProcessMetrics {
    static func register(in metrics: MetricRegistry) {
        metrics.observe(VeleroMetric.residentBytes) {
            memory(ProcessFacts.file("/proc/self/statm")).map { [MetricSample($0)] } ?? []
        }
        metrics.observe(VeleroMetric.processorSeconds) {
            processorSeconds(ProcessFacts.file("/proc/self/stat")).map { [MetricSample($0)] } ?? []
        }
    }

    /// Resident bytes from `/proc/self/statm`.
    static func memory(_ text: String?) -> Double? {
        guard let fields = text?.split(separator: " "), fields.count > 1, let pages = Double(fields[1]) else {
            return nil
        }
        return pages * Double(ProcessFacts.pageByteCount)
    }

    /// Seconds of user and system time from `/proc/self/stat`, counted there in hundredths.
    static func processorSeconds(_ text: String?) -> Double? {
        // The second field is the program's name, in parentheses, and may hold anything.
        guard let text, let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / 100
    }
}
