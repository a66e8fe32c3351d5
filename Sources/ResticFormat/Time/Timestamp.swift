// SPDX-License-Identifier: Apache-2.0

/// A moment with nanoseconds, and the offset from UTC it is to be shown in.
///
/// Equality, order and hash look at the moment only, never at the offset.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    package let seconds: Int64
    /// 0 to 999 999 999, counted forward from ``seconds`` also before 1970.
    package let nanoseconds: UInt32
    /// Local time minus UTC; less than a day either way.
    package let utcOffsetSeconds: Int32

    /// Nanoseconds in a second.
    package static let nanosecondsPerSecond: UInt32 = 1_000_000_000

    /// Makes a moment; nanoseconds of a second or more carry over.
    package init(seconds: Int64, nanoseconds: UInt32 = 0, utcOffsetSeconds: Int32 = 0) {
        self.seconds = seconds &+ Int64(nanoseconds / Self.nanosecondsPerSecond)
        self.nanoseconds = nanoseconds % Self.nanosecondsPerSecond
        self.utcOffsetSeconds = max(-86_399, min(86_399, utcOffsetSeconds))
    }

    /// The start of 1970, UTC.
    package static let epoch = Timestamp(seconds: 0)

    /// Go's zero time, 0001-01-01T00:00:00Z, which stands for "not set".
    package static let zero = Timestamp(seconds: -62_135_596_800)

    /// The same moment shown in UTC.
    package var utc: Timestamp { Timestamp(seconds: seconds, nanoseconds: nanoseconds) }

    /// The same moment shown with another offset.
    package func shown(utcOffsetSeconds: Int32) -> Timestamp {
        Timestamp(seconds: seconds, nanoseconds: nanoseconds, utcOffsetSeconds: utcOffsetSeconds)
    }

    /// The moment `duration` later, at nanosecond precision.
    package func advanced(by duration: Duration) -> Timestamp {
        let (wholeSeconds, attoseconds) = duration.components
        var total = Int64(nanoseconds) + attoseconds / 1_000_000_000
        var carry: Int64 = 0
        if total < 0 {
            total += Int64(Self.nanosecondsPerSecond)
            carry = -1
        }
        return Timestamp(
            seconds: seconds &+ wholeSeconds &+ carry,
            nanoseconds: UInt32(total),
            utcOffsetSeconds: utcOffsetSeconds
        )
    }

    /// How long after `earlier` this moment is; negative if it is before.
    package func duration(since earlier: Timestamp) -> Duration {
        .seconds(seconds &- earlier.seconds) + .nanoseconds(Int64(nanoseconds) - Int64(earlier.nanoseconds))
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.seconds == right.seconds && left.nanoseconds == right.nanoseconds
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.seconds != right.seconds ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(seconds)
        hasher.combine(nanoseconds)
    }
}
