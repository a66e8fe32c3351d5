// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// The process around the commands: real streams, real signals.
package enum VeleroProcess {
    /// Runs the command line of this process.
    ///
    /// The first SIGINT or SIGTERM cancels the command, which then removes its locks; the second ends the process.
    /// - Returns: The exit code.
    package static func run() async -> Int32 {
        ProcessLimits.raiseOpenFileLimit()
        ProcessLimits.keepMemoryCompact()
        let context = CommandContext(
            environment: ProcessFacts.environment(),
            output: StandardStreams(),
            input: StandardInput(),
            workingDirectory: ProcessFacts.workingDirectory(),
            identity: ProcessFacts.identity()
        )
        let program = CommandLine.arguments.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "velero"
        let arguments = Array(CommandLine.arguments.dropFirst())
        // The one unstructured task of the program: the signal handler cancels it, and its value is awaited below.
        let command = Task { await CommandLineRunner.run(arguments, as: program, in: context) }
        let signals = SignalWatcher(
            terminate: {
                let text = "interrupted: stopping and removing locks; interrupt again to stop at once"
                if !context.statusRequests.announce(text) { context.output.errorLine(text) }
                command.cancel()
            },
            showStatus: { context.statusRequests.request() }
        )
        let code = await command.value
        return withExtendedLifetime(signals) { code.rawValue }
    }
}
