// SPDX-License-Identifier: Apache-2.0

/// Renders "so many of so many": `[0:03] 42.00%  21 / 50 packs`.
package enum CountProgressText {
    /// One line; `total` nil when nobody knows it.
    package static func line(elapsed: Duration, done: some BinaryInteger, total: Int?, unit: String) -> String {
        let clock = "[\(DurationText.clock(elapsed))]"
        guard let total else { return "\(clock)          \(done) \(unit)" }
        guard total > 0 else { return "\(clock)          0 \(unit)" }
        let share = DecimalText.leftPadded(DecimalText.percent(done, of: total), to: 7)
        return "\(clock) \(share)  \(done) / \(total) \(unit)"
    }
}
