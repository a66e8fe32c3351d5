// SPDX-License-Identifier: Apache-2.0

/// The end of a command that did not succeed: an exit code and the sentence a person reads last.
package struct CommandFailure: Error, Sendable, Hashable {
    package var exitCode: CommandExitCode
    /// What happened, to which object, and what to do next; empty when everything was already said.
    package var message: String

    /// An ordinary failure, exit code 1.
    package init(_ message: String) {
        self.init(.failure, message)
    }

    package init(_ exitCode: CommandExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// Ends with `exitCode` after the command has already reported everything itself.
    package static func silent(_ exitCode: CommandExitCode) -> CommandFailure {
        CommandFailure(exitCode, "")
    }
}

/// Standard output can no longer be written: its reader has gone.
package struct OutputClosed: Error, Sendable {}
