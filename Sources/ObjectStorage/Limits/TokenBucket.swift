// SPDX-License-Identifier: Apache-2.0

/// Spreads bytes over time: who takes more than is there goes into debt and waits until it is paid off.
package struct TokenBucket: Sendable, Equatable {
    /// Bytes per second.
    package let rate: Double
    /// Bytes that may pass at once after a pause.
    package let burst: Double
    private var level: Double
    private var updated: Duration

    /// - Parameters:
    ///   - byteCountPerSecond: The rate; at least 1.
    ///   - burstByteCount: By default what passes in a quarter of a second.
    ///   - now: Time on any steady clock, the same for every call.
    package init(byteCountPerSecond: Int, burstByteCount: Int? = nil, now: Duration = .zero) {
        precondition(byteCountPerSecond > 0, "a rate of zero never lets anything pass")
        rate = Double(byteCountPerSecond)
        burst = burstByteCount.map(Double.init) ?? rate / 4
        level = burst
        updated = now
    }

    /// Takes `byteCount` bytes and says how long to wait before using them.
    package mutating func take(_ byteCount: Int, now: Duration) -> Duration {
        if now > updated {
            level = min(burst, level + (now - updated) / .seconds(1) * rate)
            updated = now
        }
        level -= Double(byteCount)
        return level >= 0 ? .zero : .seconds(1) * (-level / rate)
    }

    /// Puts back bytes that were taken and not used.
    package mutating func giveBack(_ byteCount: Int) {
        level = min(burst, level + Double(byteCount))
    }
}
