// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import Telemetry

/// What the long-running programs share: logs on standard output, metrics and health over HTTP, an orderly end.
struct ServerProcess: Sendable {
    let logger: Logger
    let metrics: MetricRegistry
    let readiness: Readiness

    /// Runs `body` until it ends or a signal cancels it; being cancelled is no failure.
    ///
    /// - Throws: ``CommandFailure`` for flags that cannot be; silently with exit code 1 after the reason was logged.
    static func run(
        _ label: String,
        _ options: ServerOptions,
        in context: CommandContext,
        _ body: (ServerProcess) async throws -> Void
    ) async throws {
        let settings = try options.settings()
        let output = context.output
        let logger = LineLogHandler.logger(label: label, format: settings.format, level: settings.level) { line in
            // Nobody could be told that nobody reads.
            try? output.write(line)
        }
        context.statusRequests.handleAnnouncements { _ in
            logger.info("Stopping: no new work is taken, locks are given back")
        }
        let metrics = MetricRegistry()
        metrics.gauge(VeleroMetric.buildInformation, ProgramVersion.number).set(1)
        ProcessMetrics.register(in: metrics)
        let process = ServerProcess(logger: logger, metrics: metrics, readiness: Readiness())
        let sources = HealthSources(metrics: metrics, isReady: process.readiness.state)
        do {
            try await HealthServer.serve(settings.address, sources) { port in
                logger.info("Serving metrics and health", metadata: ["port": "\(port)"])
                try await body(process)
            }
        } catch is CancellationError {
            logger.info("Stopped")
        } catch {
            // Whatever ended a cancelled program is a consequence of that.
            guard !Task.isCancelled else { return logger.info("Stopped") }
            logger.critical("Ended by an error", metadata: ["error": "\(FailureText.failure(for: error).message)"])
            throw CommandFailure.silent(.failure)
        }
    }
}

/// Whether a program does its work, set by it and asked by the kubelet.
final class Readiness: Sendable {
    private let isSet = Atomic(false)

    /// From now on the program counts as ready.
    func set() { isSet.store(true, ordering: .relaxed) }

    /// What `/readyz` says.
    var state: @Sendable () -> HealthState {
        { self.isSet.load(ordering: .relaxed) ? .good : .bad("not ready: still starting") }
    }
}
