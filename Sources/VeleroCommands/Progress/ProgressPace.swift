// SPDX-License-Identifier: Apache-2.0

/// How often progress is shown.
package enum ProgressPace {
    /// Time between two updates; nil for none at all.
    ///
    /// Ten a second on a terminal and for programs; elsewhere only when RESTIC_PROGRESS_FPS (at most 60) asks for it.
    package static func interval(
        framesPerSecond: String?,
        isTerminal: Bool,
        isJSON: Bool,
        verbosity: Verbosity
    ) -> Duration? {
        if let text = framesPerSecond, let rate = Double(text), rate > 0 {
            return .seconds(1 / min(60, rate))
        }
        guard isJSON || isTerminal, verbosity > .quiet || isJSON else { return nil }
        return .milliseconds(100)
    }

    /// Runs `body` and meanwhile calls `show` every `interval`.
    package static func run<Result>(
        every interval: Duration?,
        clock: any Clock<Duration> = ContinuousClock(),
        _ show: @escaping @Sendable () -> Void,
        while body: () async throws -> Result
    ) async throws -> Result {
        guard let interval else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await clock.sleep(for: interval)
                    show()
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}
