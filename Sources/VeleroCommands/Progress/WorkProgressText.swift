// SPDX-License-Identifier: Apache-2.0

/// How much of a piece of work is done.
package struct WorkCount: Hashable, Sendable {
    /// What is counted, such as `packs`.
    package var unit: String
    package var total: Int?
    package var totalByteCount: Int?
    package var done = 0
    package var doneByteCount = 0
    package var elapsed: Duration = .zero

    package init(unit: String, total: Int? = nil, totalByteCount: Int? = nil) {
        self.unit = unit
        self.total = total
        self.totalByteCount = totalByteCount
    }

    /// What tells best how far the work is: bytes if they are counted.
    package var measure: Int { totalByteCount == nil ? done : doneByteCount }

    /// The measure at the end; nil when nobody knows.
    package var measureTotal: Int? { totalByteCount ?? total }
}

/// Renders ``WorkCount`` for people.
package enum WorkProgressText {
    /// One or two status lines for a terminal `columns` wide.
    package static func lines(_ count: WorkCount, rate: RateEstimator, columns: Int) -> [String] {
        let tail = tail(count, rate)
        guard let total = count.measureTotal, total > 0 else {
            return [([clock(count), counts(count)] + tail).joined(separator: "  ")]
        }
        let share = DecimalText.leftPadded(DecimalText.percent(count.measure, of: total), to: 7)
        let end = ([share] + tail).joined(separator: "  ")
        let room = min(40, columns - clock(count).count - end.count - 6)
        let headline =
            room < 8
            ? clock(count) + " " + end
            : clock(count) + " " + TransferProgressText.bar(Double(count.measure) / Double(total), width: room) + " "
                + end
        return [headline, counts(count)]
    }

    /// One line that says it all, for logs and SIGUSR1.
    package static func plainLine(_ count: WorkCount, rate: RateEstimator) -> String {
        ([start(count), counts(count)] + tail(count, rate)).joined(separator: "  ")
    }

    /// What remains of a finished phase: `[0:03] 100.00%  21 / 21 packs, 336.000 MiB`.
    package static func finalLine(_ count: WorkCount) -> String {
        var text = CountProgressText.line(
            elapsed: count.elapsed,
            done: count.done,
            total: count.total,
            unit: count.unit
        )
        if count.totalByteCount != nil { text += ", " + ByteCountText.format(count.doneByteCount) }
        return text
    }

    private static func clock(_ count: WorkCount) -> String { "[\(DurationText.clock(count.elapsed))]" }

    private static func start(_ count: WorkCount) -> String {
        guard let total = count.measureTotal, total > 0 else { return clock(count) }
        return clock(count) + " " + DecimalText.leftPadded(DecimalText.percent(count.measure, of: total), to: 7)
    }

    private static func counts(_ count: WorkCount) -> String {
        var text = "\(count.done)"
        if let total = count.total { text += " / \(total)" }
        text += " " + count.unit
        guard let total = count.totalByteCount else { return text }
        return text + ", \(ByteCountText.format(count.doneByteCount)) / \(ByteCountText.format(total))"
    }

    private static func tail(_ count: WorkCount, _ rate: RateEstimator) -> [String] {
        var parts: [String] = []
        if count.totalByteCount != nil, let speed = rate.bytesPerSecond {
            parts.append(ByteCountText.format(Int64(speed)) + "/s")
        }
        if let total = count.measureTotal, let left = rate.timeLeft(for: Int64(total - count.measure)) {
            parts.append("ETA " + DurationText.clock(left))
        }
        return parts
    }
}
