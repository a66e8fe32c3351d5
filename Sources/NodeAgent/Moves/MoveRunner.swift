// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import Telemetry
import VeleroAPI

/// Runs one move from its claim to its end: tells how far it is, and writes how it ended.
struct MoveRunner<Move: VolumeMove>: Sendable {
    typealias Ending = @Sendable (inout Move.Resource, KubeTime) -> Void

    let move: Move
    let writer: StatusWriter<Move.Resource>
    let metrics: OperationMetrics
    let events: EventRecorder
    let settings: NodeAgentSettings
    let clock: any Clock<Duration>
    let now: @Sendable () -> KubeTime
    let logger: Logger

    /// How long writing an end may take once this process is to end.
    private static var lastWriteTime: Duration { .seconds(10) }

    init(
        _ move: Move,
        _ writer: StatusWriter<Move.Resource>,
        _ context: MoveContext,
        _ metrics: OperationMetrics,
        _ logger: Logger
    ) {
        self.move = move
        self.metrics = metrics
        self.writer = writer
        events = context.events
        settings = context.settings
        clock = context.clock
        now = context.now
        self.logger = logger
    }

    /// Runs until the move ended, was stopped, or this process ends.
    ///
    /// - Parameter claimed: The resource as the claim left it.
    func run(_ claimed: Move.Resource, until stop: StopSignal) async -> MoveEnd {
        let stuck = LatestValue<Abandoned?>(nil)
        let wroteEnd = await run(claimed, until: stop, leaving: stuck)
        return MoveEnd(wroteEnd: wroteEnd, stuck: stuck.value)
    }

    /// - Parameter stuck: Gets what does not come to an end.
    /// - Returns: Whether the resource tells its end now.
    private func run(
        _ claimed: Move.Resource,
        until stop: StopSignal,
        leaving stuck: LatestValue<Abandoned?>
    ) async -> Bool {
        let status = LatestValue(claimed)
        let stopwatch = Stopwatch(clock: clock)
        metrics.enqueued?.add()
        defer { metrics.dequeued?.add() }
        let outcome = await untilStopped(by: stop) { try await moved(reportingInto: status, leaving: stuck) }
        let time = now()
        let end: @Sendable (inout Move.Resource) -> Void
        switch outcome {
        case .stopped:
            logger.info("Stopped moving the volume")
            return false
        case .interrupted:
            await leave(status.value)
            return false
        case .succeeded(let finish):
            end = { resource in
                move.report(into: &resource)
                resource.unfinishedAttempts = 0
                finish(&resource, time)
            }
        case .failed(let error):
            logger.error("Moving the volume failed", metadata: ["error": "\(error)"])
            end = { resource in
                move.report(into: &resource)
                resource.unfinishedAttempts = 0
                resource = resource.finished(.failed, message: "\(error)", at: time)
            }
        }
        do {
            guard let ended = try await writeSomeEnd(status.value, end, time) else { return false }
            metrics.countEnd(ended.phase)
            events.record(endOf: ended)
            metrics.latency.observe(stopwatch.elapsed)
            metrics.lastLatency.set(stopwatch.elapsed / .seconds(1))
            logger.info("Moved the volume", metadata: ["phase": "\(ended.phase)"])
            return true
        } catch is CancellationError {
            return false
        } catch is DeadlineExceeded {
            return false
        } catch {
            logger.error("Writing the end into the status failed", metadata: ["error": "\(error)"])
            // Beginning again needs the same rights, so the volume is not moved over and over; else it would end the same way.
            return (error as? KubeError)?.isOfRights != true
        }
    }

    /// Writes the end, or that it cannot be written when the server will not have it.
    private func writeSomeEnd(
        _ known: Move.Resource,
        _ end: @escaping @Sendable (inout Move.Resource) -> Void,
        _ time: KubeTime
    ) async throws -> Move.Resource? {
        do {
            return try await writeEnd(known, end)
        } catch let error as KubeError {
            guard !error.isOfRights else { throw error }
            logger.warning("The server refuses the end of the volume", metadata: ["error": "\(error)"])
            return try await writeEnd(known) { resource in
                resource.unfinishedAttempts = 0
                resource = resource.finished(.failed, message: "the end cannot be written: \(error)", at: time)
            }
        }
    }

    /// Writes the end; when this process is told to end meanwhile, it still takes a moment for that, or the next one would have to move
    /// the volume again.
    private func writeEnd(
        _ known: Move.Resource,
        _ end: @escaping @Sendable (inout Move.Resource) -> Void
    ) async throws -> Move.Resource? {
        do {
            try Task.checkCancellation()
            return try await writer.writeEnd(known, logger, end)
        } catch is CancellationError {
            let (writer, logger) = (writer, logger)
            return try await withCancellationShield(timeout: Self.lastWriteTime, clock: clock) {
                try await writer.writeEnd(known, logger, end)
            }
        }
    }

    /// Tells the next agent that this one did not die of the volume.
    private func leave(_ known: Move.Resource) async {
        var left = known
        left.unfinishedAttempts -= 1
        let (old, new, writer) = (known, left, writer)
        do {
            _ = try await withCancellationShield(timeout: Self.lastWriteTime, clock: clock) {
                try await writer.write(from: old, to: new)
            }
        } catch {
            logger.debug("Leaving the volume to the next agent could not be noted", metadata: ["error": "\(error)"])
        }
    }

    /// Moves, and reports beside that.
    private func moved(
        reportingInto status: LatestValue<Move.Resource>,
        leaving stuck: LatestValue<Abandoned?>
    ) async throws -> Ending {
        let done = LatestValue(false)
        let result = await withTaskGroup(of: Result<Ending, any Error>?.self) { group in
            group.addTask {
                defer { done.finish() }
                do {
                    return .success(try await runWatched(leaving: stuck))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // A report that is on its way comes to its end, so that none overtakes the status written last.
                try? await report(into: status, until: done)
                return nil
            }
            var result: Result<Ending, any Error>?
            for await outcome in group { result = outcome ?? result }
            return result
        }
        guard let result else { throw CancellationError() }
        return try result.get()
    }

    /// Moves as long as the volume answers.
    private func runWatched(leaving stuck: LatestValue<Abandoned?>) async throws -> Ending {
        let (move, settings, clock) = (move, settings, clock)
        do {
            return try await withAbandonment {
                try await move.run()
            } when: { isCancelled in
                var watch = StallWatch(patience: settings.volumePatience, stopPatience: settings.stopPatience)
                let stopwatch = Stopwatch(clock: clock)
                let pause = min(settings.progressInterval, settings.stopPatience)
                var isLost = false
                while !isLost {
                    try await clock.sleep(for: pause)
                    isLost = watch.isLost(
                        at: stopwatch.elapsed,
                        activity: move.activity,
                        blocked: move.monitor.longest,
                        isStopped: isCancelled()
                    )
                }
            }
        } catch let abandoned as Abandoned {
            stuck.update { $0 = abandoned }
            throw MoveError(
                "the volume does not answer: a call of its file system has not returned for "
                    + "\(GoDuration(.seconds(move.monitor.longest.components.seconds)))"
            )
        }
    }

    private func report(into status: LatestValue<Move.Resource>, until done: LatestValue<Bool>) async throws {
        var counted = MoveCounts()
        func count() {
            let counts = move.counts
            metrics.count(from: counted, to: counts)
            counted = counts
        }
        defer { count() }
        while true {
            do {
                _ = try await withDeadline(settings.progressInterval, clock: clock) {
                    try await done.next(after: 0) != nil
                }
                return
            } catch is DeadlineExceeded {}
            count()
            let before = status.value
            var after = before
            move.report(into: &after)
            guard after != before else { continue }
            do {
                let written = try await writer.write(from: before, to: after)
                status.update { $0 = written }
            } catch {
                try Task.checkCancellation()
                logger.debug("Reporting progress failed", metadata: ["error": "\(error)"])
            }
        }
    }
}
