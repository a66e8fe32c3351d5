// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat

/// Turns errors of the layers below into an exit code and the last sentence of a command.
package enum FailureText {
    package static func failure(for error: any Error) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case is CancellationError: CommandFailure(.interrupted, "interrupted")
        case is OutputClosed: .silent(.brokenPipe)
        case let error as StorageError: storage(error)
        case let error as FormatError: CommandFailure(error.message)
        default: CommandFailure("\(error)")
        }
    }

    private static func storage(_ error: StorageError) -> CommandFailure {
        switch error.code {
        case .containerNotFound: CommandFailure(.noRepository, error.message)
        default: CommandFailure(error.message)
        }
    }
}
