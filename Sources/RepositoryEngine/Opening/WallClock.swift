// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import ResticFormat

/// The time of day, injected so that tests decide what time it is.
package struct WallClock: Sendable {
    package var now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The system's clock, in UTC.
    package static let system = WallClock {
        let seconds = Date.now.timeIntervalSince1970
        let whole = seconds.rounded(.down)
        return Timestamp(
            seconds: Int64(whole),
            nanoseconds: UInt32(min(999_999_999, max(0, (seconds - whole) * 1_000_000_000)))
        )
    }
}
