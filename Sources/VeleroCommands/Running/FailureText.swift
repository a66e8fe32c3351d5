// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import RepositoryEngine
import ResticFormat
import VolumeIO

/// Turns errors of the layers below into an exit code and the last sentence of a command.
package enum FailureText {
    package static func failure(for error: any Error) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case is CancellationError: CommandFailure(.interrupted, "interrupted")
        case is OutputClosed: .silent(.brokenPipe)
        case let error as RepositoryError: CommandFailure(exitCode(error.code), withCause(error.message, error.cause))
        case let error as StorageError: CommandFailure(exitCode(error.code), error.message)
        case let error as FormatError: CommandFailure(error.message)
        case let error as FileSystemError: CommandFailure("\(error)")
        default: CommandFailure("\(error)")
        }
    }

    private static func exitCode(_ code: RepositoryError.Code) -> CommandExitCode {
        switch code {
        case .containerMissing, .noRepository, .foreignContent: .noRepository
        case .locked: .locked
        case .wrongPassword: .wrongPassword
        default: .failure
        }
    }

    private static func exitCode(_ code: StorageError.Code) -> CommandExitCode {
        code == .containerNotFound ? .noRepository : .failure
    }

    /// The message with what was behind it, unless the message says so already.
    private static func withCause(_ message: String, _ cause: (any Error)?) -> String {
        guard let cause else { return message }
        let reason = failure(for: cause).message
        return message.contains(reason) ? message : "\(message) (\(reason))"
    }
}
