// SPDX-License-Identifier: Apache-2.0

/// Time passed on a clock since the stopwatch was made.
package struct Stopwatch: Sendable {
    private let read: @Sendable () -> Duration

    package init(clock: any Clock<Duration>) {
        func reader<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Duration {
            let start = clock.now
            return { start.duration(to: clock.now) }
        }
        read = reader(of: clock)
    }

    package var elapsed: Duration { read() }
}
