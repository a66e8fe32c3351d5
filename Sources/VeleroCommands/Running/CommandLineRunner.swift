// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Parses a command line, runs the command, and turns every outcome into words and an exit code.
package enum CommandLineRunner {
    /// - Parameters:
    ///   - arguments: The words behind the program's name.
    ///   - program: The name it was called by, without directories; ``RestoreHelper/programs`` are programs of their own.
    /// - Returns: The exit code; everything there is to say has been written.
    package static func run(
        _ arguments: [String],
        as program: String = "velero",
        in context: CommandContext
    ) async -> CommandExitCode {
        if RestoreHelper.programs.contains(program) { return await help(program, arguments, in: context) }
        return await run(arguments, in: context)
    }

    /// Waits for the volumes of a restored pod.
    private static func help(
        _ program: String,
        _ arguments: [String],
        in context: CommandContext
    ) async -> CommandExitCode {
        do {
            try await RestoreHelper(program: program, arguments: arguments, output: context.output).run()
            return .success
        } catch {
            let failure = FailureText.failure(for: error)
            if !failure.message.isEmpty { context.output.errorLine("ERROR: \(failure.message)") }
            return failure.exitCode
        }
    }

    private static func run(_ arguments: [String], in context: CommandContext) async -> CommandExitCode {
        let words = CommandTree.hoisting.normalized(ResourceWords.normalized(arguments))
        let isJSON = words.prefix { $0 != "--" }.contains("--json")
        do {
            let command = try VeleroCommand.parseAsRoot(words)
            guard let command = command as? any ExecutableCommand else {
                return finishWithoutRunning(command, isJSON: isJSON, in: context)
            }
            if let command = command as? any ClusterCommand { return await run(command, in: context) }
            try await command.execute(in: context)
            return .success
        } catch let error as CommandFailure {
            return report(error, isJSON: isJSON, to: context.output)
        } catch {
            if let code = reportParserOutcome(error, isJSON: isJSON, to: context.output) { return code }
            return report(FailureText.failure(for: error), isJSON: isJSON, to: context.output)
        }
    }

    /// Runs a command for clusters, whose failures are told as Velero tells them.
    private static func run(_ command: any ClusterCommand, in context: CommandContext) async -> CommandExitCode {
        do {
            try await command.execute(in: context)
            return .success
        } catch {
            let failure = FailureText.failure(for: error)
            if !failure.message.isEmpty { context.output.errorLine("An error occurred: \(failure.message)") }
            return failure.exitCode
        }
    }

    /// Groups print their help, the parser's own commands do what they do.
    private static func finishWithoutRunning(
        _ command: any ParsableCommand,
        isJSON: Bool,
        in context: CommandContext
    ) -> CommandExitCode {
        var command = command
        do {
            try command.run()
            return .success
        } catch {
            return reportParserOutcome(error, isJSON: isJSON, to: context.output) ?? .failure
        }
    }

    /// Prints what the parser has to say; nil when the error is not the parser's.
    private static func reportParserOutcome(
        _ error: any Error,
        isJSON: Bool,
        to output: any CommandOutput
    ) -> CommandExitCode? {
        let code = VeleroCommand.exitCode(for: error)
        guard code != ExitCode.failure else { return nil }
        let text = VeleroCommand.fullMessage(for: error)
        guard code == .success else {
            guard !isJSON else {
                return report(CommandFailure(VeleroCommand.message(for: error)), isJSON: true, to: output)
            }
            output.errorLine(text)
            return .failure
        }
        do { try output.line(text) } catch { return .brokenPipe }
        return .success
    }

    private static func report(
        _ failure: CommandFailure,
        isJSON: Bool,
        to output: any CommandOutput
    ) -> CommandExitCode {
        guard !failure.message.isEmpty else { return failure.exitCode }
        let text = (failure.exitCode == .incomplete ? "Warning: " : "Fatal: ") + failure.message
        guard isJSON else {
            output.errorLine(text)
            return failure.exitCode
        }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "exit_error")
            json.member("code", failure.exitCode.rawValue)
            json.member("message", text)
        }
        json.endLine()
        output.writeError(json.bytes)
        return failure.exitCode
    }
}
