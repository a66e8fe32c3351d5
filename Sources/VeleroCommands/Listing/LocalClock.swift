// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

extension WallClock {
    /// The system's clock, shown in the time zone of this process, as snapshots record it.
    static let local = WallClock {
        let now = WallClock.system.now()
        let offset = LocalTime.calendar(unixSeconds: now.seconds).utcOffset
        return now.shown(utcOffsetSeconds: Int32(truncatingIfNeeded: offset))
    }
}
