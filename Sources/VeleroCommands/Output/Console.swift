// SPDX-License-Identifier: Apache-2.0

/// What a command says, and to whom: filtered by verbosity, silent for programs.
package struct Console: Sendable {
    package let display: StatusDisplay
    package let verbosity: Verbosity
    /// True when standard output carries JSON and nothing else.
    package let isJSON: Bool
    private let context: CommandContext

    package init(_ context: CommandContext, verbosity: Verbosity, isJSON: Bool) {
        self.context = context
        self.verbosity = verbosity
        self.isJSON = isJSON
        let display = StatusDisplay(
            context.output,
            isLive: context.output.isTerminal && !isJSON && verbosity > .quiet
        )
        self.display = display
        context.statusRequests.handleAnnouncements { display.printError($0) }
    }

    /// Columns of the terminal; 80 when there is none.
    package var columns: Int { context.output.terminalSize.columns }

    /// A line of the command's story: what it does and has done.
    package func say(_ line: String = "") {
        if verbosity >= .normal, !isJSON { display.print(line) }
    }

    /// A line for those who asked with `-v`.
    package func detail(_ line: String) {
        if verbosity >= .verbose, !isJSON { display.print(line) }
    }

    /// A line of the result, which even `--quiet` wants.
    package func result(_ line: String = "") {
        display.print(line)
    }

    /// A line on standard error.
    package func warn(_ line: String) {
        display.printError(line)
    }

    /// Writes one JSON value or line.
    package func write(_ json: JSONText) {
        display.write(json.bytes)
    }

    /// Runs `body` while showing `lines` as often as terminal, verbosity and RESTIC_PROGRESS_FPS ask for, and on SIGUSR1.
    ///
    /// - Parameter isTransfer: True when JSON readers get status messages, too; `showJSON` writes them.
    package func withProgress<Result>(
        _ lines: @escaping @Sendable () -> [String],
        json showJSON: (@Sendable () -> Void)? = nil,
        while body: () async throws -> Result
    ) async throws -> Result {
        let display = display
        let isJSON = isJSON
        let show: @Sendable () -> Void = {
            if isJSON { showJSON?() } else { display.show(lines()) }
        }
        let interval =
            isJSON && showJSON == nil
            ? nil
            : ProgressPace.interval(
                framesPerSecond: context.variable("RESTIC_PROGRESS_FPS"),
                isTerminal: context.output.isTerminal,
                isJSON: isJSON,
                verbosity: verbosity
            )
        context.statusRequests.handle(show)
        defer {
            context.statusRequests.handle(nil)
            display.clear()
        }
        return try await ProgressPace.run(every: interval, show, while: body)
    }

    /// - Throws: What went wrong with standard output meanwhile.
    package func finish() throws {
        display.clear()
        try display.requireOutput()
    }
}
