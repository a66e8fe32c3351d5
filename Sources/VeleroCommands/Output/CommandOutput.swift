// SPDX-License-Identifier: Apache-2.0

/// Where a command's words go: the process's standard streams, or a test's memory.
package protocol CommandOutput: Sendable {
    /// Writes to standard output, all of it or an error.
    ///
    /// - Throws: ``OutputClosed`` when the reader has gone, ``CommandFailure`` for any other failure.
    func write(_ bytes: [UInt8]) throws

    /// Writes to standard error; failures are nobody's business any more.
    func writeError(_ bytes: [UInt8])

    /// True when a person watches standard output.
    var isTerminal: Bool { get }

    /// Columns and rows of the terminal; 80 × 24 when there is none.
    var terminalSize: TerminalSize { get }
}

/// Extent of a terminal, in character cells.
package struct TerminalSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    package static let standard = TerminalSize(columns: 80, rows: 24)
}

/// Where a command reads what a person or another program hands it.
package protocol CommandInput: Sendable {
    /// True when standard input is a terminal.
    var isTerminal: Bool { get }

    /// Asks on the terminal without showing what is typed.
    func readSecret(prompt: String) throws -> String

    /// The first line of standard input, without its end; nil when there is none.
    func readLine() throws -> String?

    /// The next bytes of standard input, at most `maximumByteCount`; empty at the end.
    func read(maximumByteCount: Int) throws -> [UInt8]

    /// A whole small file: a password, patterns, a list of names.
    func readFile(_ path: String) throws -> [UInt8]

    /// Runs a program with added environment variables and returns its standard output, its standard error going to ours.
    func runProgram(_ words: [String], adding variables: [String: String]) throws -> [UInt8]

    /// Starts a program whose standard output is then read piece by piece.
    func startProgram(_ words: [String]) throws -> any ProgramOutput
}

/// What a program running beside the command prints.
package protocol ProgramOutput: Sendable {
    /// The next bytes; empty at the end.
    func read(maximumByteCount: Int) throws -> [UInt8]

    /// Waits for the end; throws unless the exit code was 0.
    func waitForSuccess() throws
}

extension CommandInput {
    /// Runs a program and returns its standard output, its standard error going to ours.
    package func runProgram(_ words: [String]) throws -> [UInt8] {
        try runProgram(words, adding: [:])
    }
}

extension CommandOutput {
    /// Writes a line to standard output.
    package func line(_ text: String = "") throws {
        try write(Array((text + "\n").utf8))
    }

    /// Writes a line to standard error.
    package func errorLine(_ text: String) {
        writeError(Array((text + "\n").utf8))
    }
}
