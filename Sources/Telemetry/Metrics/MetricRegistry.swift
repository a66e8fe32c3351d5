// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The values of metrics, by name and labels, and their text for Prometheus.
///
/// Handles are made once and kept where work happens; using one takes a lock of its own for a few instructions. Each metric keeps at
/// most ``maximumSeriesCount`` combinations of label values: what comes after those is counted nowhere.
package final class MetricRegistry: Sendable {
    /// Combinations of label values a metric keeps.
    package static let maximumSeriesCount = 200

    private struct Family {
        let metric: Metric
        var series: [[String]: MetricSeries] = [:]
    }

    private struct Observed {
        let metric: Metric
        let read: @Sendable () -> [MetricSample]
    }

    private struct State {
        var families: [String: Family] = [:]
        var observed: [Observed] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// A value that only grows.
    ///
    /// - Parameter labels: Values of the metric's labels, in its order.
    package func counter(_ metric: Metric, _ labels: String...) -> MetricCounter {
        MetricCounter(series: series(metric, labels))
    }

    /// A value that goes up and down.
    package func gauge(_ metric: Metric, _ labels: String...) -> MetricGauge {
        MetricGauge(series: series(metric, labels))
    }

    /// Counts of values by size.
    package func histogram(_ metric: Metric, _ labels: String...) -> MetricHistogram {
        MetricHistogram(series: series(metric, labels))
    }

    /// Asks for the values of a counter or gauge each time they are wanted, for what is counted elsewhere anyway.
    package func observe(_ metric: Metric, _ read: @escaping @Sendable () -> [MetricSample]) {
        state.withLock { $0.observed.append(Observed(metric: metric, read: read)) }
    }

    private func series(_ metric: Metric, _ labels: [String]) -> MetricSeries {
        precondition(labels.count == metric.labels.count, "\(metric.name) has \(metric.labels.count) labels")
        return state.withLock { state in
            var family = state.families[metric.name] ?? Family(metric: metric)
            if let known = family.series[labels] { return known }
            let series = MetricSeries(metric.kind)
            guard family.series.count < Self.maximumSeriesCount else { return series }
            family.series[labels] = series
            state.families[metric.name] = family
            return series
        }
    }

    /// Everything in Prometheus' text format, sorted, so that equal values give equal text.
    package var text: String {
        let (families, observed) = state.withLock { state in
            (state.families.values.map { ($0.metric, $0.series) }, state.observed)
        }
        // Read outside of the lock: whoever is asked may use the registry.
        var blocks: [(name: String, text: String)] = families.map { metric, series in
            var text = PrometheusText.head(metric)
            for (labels, series) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                text += series.text(metric, labels)
            }
            return (metric.name, text)
        }
        for source in observed {
            let samples = source.read().prefix(Self.maximumSeriesCount)
                .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
            var text = PrometheusText.head(source.metric)
            for sample in samples { text += PrometheusText.sample(source.metric, sample.labels, sample.value) }
            blocks.append((source.metric.name, text))
        }
        return blocks.sorted { $0.name < $1.name }.map(\.text).joined()
    }
}

/// A value read when it was asked for.
package struct MetricSample: Sendable, Hashable {
    /// Values of the metric's labels, in its order.
    package var labels: [String]
    package var value: Double

    package init(_ value: Double, labels: [String] = []) {
        self.value = value
        self.labels = labels
    }
}
