// SPDX-License-Identifier: Apache-2.0

/// What a metric is: its name, kind, help and labels.
///
/// Values are kept by a ``MetricRegistry``.
package struct Metric: Sendable, Hashable {
    /// The kinds of Prometheus' text format in use.
    package enum Kind: Sendable, Hashable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values by upper bounds, in growing order; the bound without limit is implied.
        case histogram(bounds: [Double])

        var word: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    package let name: String
    package let kind: Kind
    package let help: String
    /// Names of its labels; their values must come from small sets, never from names of objects or paths.
    package let labels: [String]

    package init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}
