// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The value of one metric under one combination of labels.
final class MetricSeries: Sendable {
    private struct State {
        /// Of a counter or gauge; of a histogram the sum.
        var value = 0.0
        /// Of a histogram: values at or below each bound and above the one before, the last being without bound.
        var counts: [UInt64]
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ kind: Metric.Kind) {
        if case .histogram(let bounds) = kind { self.bounds = bounds } else { bounds = [] }
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func add(_ amount: Double) { state.withLock { $0.value += amount } }

    func set(_ value: Double) { state.withLock { $0.value = value } }

    func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.value += value
            state.counts[bucket] += 1
        }
    }

    func text(_ metric: Metric, _ labels: [String]) -> String {
        let state = state.withLock { $0 }
        guard case .histogram = metric.kind else { return PrometheusText.sample(metric, labels, state.value) }
        return PrometheusText.histogram(metric, labels, bounds: bounds, counts: state.counts, sum: state.value)
    }
}

/// A value that only grows; a copy counts the same.
package struct MetricCounter: Sendable {
    let series: MetricSeries

    /// Adds `amount`; what is not above zero changes nothing.
    package func add(_ amount: Double = 1) {
        if amount > 0 { series.add(amount) }
    }

    /// Adds a count.
    package func add(count: some BinaryInteger) { add(Double(count)) }
}

/// A value that goes up and down; a copy is the same.
package struct MetricGauge: Sendable {
    let series: MetricSeries

    package func set(_ value: Double) { series.set(value) }
    package func add(_ amount: Double) { series.add(amount) }
}

/// Counts of values by size; a copy counts the same.
package struct MetricHistogram: Sendable {
    let series: MetricSeries

    package func observe(_ value: Double) { series.observe(value) }

    /// Counts a time in seconds.
    package func observe(_ duration: Duration) { series.observe(duration / .seconds(1)) }
}
