// SPDX-License-Identifier: Apache-2.0

/// The lines of Prometheus' text exposition format, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func head(_ metric: Metric) -> String {
        "# HELP \(metric.name) \(escaped(metric.help, quotes: false))\n# TYPE \(metric.name) \(metric.kind.word)\n"
    }

    static func sample(_ metric: Metric, _ labels: [String], _ value: Double) -> String {
        line(metric.name, Array(zip(metric.labels, labels)), number(value))
    }

    /// - Parameter counts: Values of each bucket alone; the text adds them up.
    static func histogram(
        _ metric: Metric,
        _ labels: [String],
        bounds: [Double],
        counts: [UInt64],
        sum: Double
    ) -> String {
        let pairs = Array(zip(metric.labels, labels))
        var text = ""
        var total: UInt64 = 0
        for (bound, count) in zip(bounds, counts) {
            total += count
            text += line("\(metric.name)_bucket", pairs + [("le", number(bound))], "\(total)")
        }
        total += counts.last ?? 0
        text += line("\(metric.name)_bucket", pairs + [("le", "+Inf")], "\(total)")
        text += line("\(metric.name)_sum", pairs, number(sum))
        return text + line("\(metric.name)_count", pairs, "\(total)")
    }

    private static func line(_ name: String, _ labels: [(String, String)], _ value: String) -> String {
        guard !labels.isEmpty else { return "\(name) \(value)\n" }
        let list = labels.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
        return "\(name){\(list)} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": output += #"\\"#
            case "\n": output += #"\n"#
            case "\"" where quotes: output += #"\""#
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }
}
