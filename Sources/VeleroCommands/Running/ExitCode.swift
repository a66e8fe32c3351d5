// SPDX-License-Identifier: Apache-2.0

/// The exit codes of `velero restic`, equal to those of restic 0.17 and later.
package enum CommandExitCode: Int32, Sendable {
    case success = 0
    /// A fatal error: bad usage, nothing done, or errors found.
    case failure = 1
    /// The work was done, but some of its input could not be read or some files could not be removed.
    case incomplete = 3
    /// There is no repository at the given location.
    case noRepository = 10
    /// The repository is locked by someone else.
    case locked = 11
    /// No key of the repository opens with the given password.
    case wrongPassword = 12
    /// Ended by SIGINT or SIGTERM.
    case interrupted = 130
    /// The reader of standard output went away; what a shell reports for SIGPIPE.
    case brokenPipe = 141
}
