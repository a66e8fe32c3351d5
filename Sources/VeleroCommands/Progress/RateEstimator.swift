// SPDX-License-Identifier: Apache-2.0

/// How fast bytes flow, averaged over the last few seconds.
package struct RateEstimator: Sendable {
    private static let window: Duration = .seconds(10)

    private var samples: [(time: Duration, byteCount: Int64)] = []

    package init() {}

    /// Notes that `byteCount` bytes are done at `time` since the start.
    package mutating func record(_ byteCount: Int64, at time: Duration) {
        samples.append((time, byteCount))
        while samples.count > 2, samples[1].time < time - Self.window { samples.removeFirst() }
    }

    /// Bytes per second; nil before there is anything to judge from.
    package var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let seconds = DurationText.seconds(last.time - first.time)
        guard seconds >= 0.2, last.byteCount >= first.byteCount else { return nil }
        return Double(last.byteCount - first.byteCount) / seconds
    }

    /// Time until `remaining` bytes are done; nil when unknown or beyond a year.
    package func timeLeft(for remaining: Int64) -> Duration? {
        guard remaining > 0 else { return .zero }
        guard let rate = bytesPerSecond, rate > 0 else { return nil }
        let seconds = Double(remaining) / rate
        return seconds < 366 * 86400 ? .seconds(seconds) : nil
    }
}
