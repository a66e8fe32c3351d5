// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Shows how far a long piece of work is, phase by phase: in place on a terminal, one line for each finished phase everywhere.
///
/// Counted from any task.
final class WorkProgress: Sendable {
    private struct Phase: Sendable {
        var count: WorkCount
        var start: ContinuousClock.Instant
        var rate = RateEstimator()
        var tellsEnd: Bool
    }

    private let console: Console
    private let clock = ContinuousClock()
    private let phase = Mutex<Phase?>(nil)

    init(_ console: Console) {
        self.console = console
    }

    /// Runs `body`, which begins phases, and shows them meanwhile.
    func run<Result>(while body: () async throws -> Result) async throws -> Result {
        let display = console.display
        let columns: @Sendable () -> Int = { [console] in console.columns }
        let result = try await console.withProgress {
            self.lines(columns: columns(), isLive: display.isLive)
        } while: {
            try await body()
        }
        end()
        return result
    }

    /// Begins a phase and ends the one before.
    ///
    /// - Parameters:
    ///   - unit: What is counted, such as `packs`.
    ///   - total: How many there are; nil when nobody knows.
    ///   - byteCount: How many bytes they have; nil when bytes are not counted.
    ///   - tellsEnd: Whether the finished phase leaves a line behind.
    func begin(_ unit: String, total: Int? = nil, byteCount: Int? = nil, tellsEnd: Bool = true) {
        end()
        let count = WorkCount(unit: unit, total: total, totalByteCount: byteCount)
        phase.withLock { $0 = Phase(count: count, start: clock.now, tellsEnd: tellsEnd) }
    }

    /// Notes that more is done.
    func add(_ count: Int = 1, byteCount: Int = 0) {
        phase.withLock { phase in
            phase?.count.done += count
            phase?.count.doneByteCount += byteCount
        }
    }

    /// Ends the phase, if there is one.
    func end() {
        guard let ended = sample(thenEnds: true) else { return }
        console.display.clear()
        if ended.tellsEnd { console.say(WorkProgressText.finalLine(ended.count)) }
    }

    private func lines(columns: Int, isLive: Bool) -> [String] {
        guard let now = sample() else { return [] }
        return isLive
            ? WorkProgressText.lines(now.count, rate: now.rate, columns: columns)
            : [WorkProgressText.plainLine(now.count, rate: now.rate)]
    }

    private func sample(thenEnds: Bool = false) -> Phase? {
        phase.withLock { current in
            guard var phase = current else { return nil }
            phase.count.elapsed = phase.start.duration(to: clock.now)
            phase.rate.record(Int64(phase.count.measure), at: phase.count.elapsed)
            current = thenEnds ? nil : phase
            return phase
        }
    }
}
