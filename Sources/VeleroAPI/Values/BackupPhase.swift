// SPDX-License-Identifier: Apache-2.0

/// How far a Backup is.
package enum BackupPhase: TextEnumeration {
    case new, queued, readyToStart, failedValidation, inProgress
    case waitingForPluginOperations, waitingForPluginOperationsPartiallyFailed
    case finalizing, finalizingPartiallyFailed
    case completed, partiallyFailed, failed, deleting
    /// Written by Velero 1.7 to 1.10 only.
    case uploading, uploadingPartialFailure
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [
            (.new, "New"), (.queued, "Queued"), (.readyToStart, "ReadyToStart"),
            (.failedValidation, "FailedValidation"), (.inProgress, "InProgress"),
            (.waitingForPluginOperations, "WaitingForPluginOperations"),
            (.waitingForPluginOperationsPartiallyFailed, "WaitingForPluginOperationsPartiallyFailed"),
            (.finalizing, "Finalizing"), (.finalizingPartiallyFailed, "FinalizingPartiallyFailed"),
            (.completed, "Completed"), (.partiallyFailed, "PartiallyFailed"), (.failed, "Failed"),
            (.deleting, "Deleting"), (.uploading, "Uploading"), (.uploadingPartialFailure, "UploadingPartialFailure"),
        ]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }

    /// Whether the backup is still to be made or being made, so that another of its schedule must wait.
    package var isWaitingOrRunning: Bool {
        switch self {
        case .new, .queued, .readyToStart, .inProgress: true
        default: false
        }
    }

    /// Whether nothing more happens to the backup's data.
    package var isFinal: Bool {
        switch self {
        case .completed, .partiallyFailed, .failed, .failedValidation: true
        default: false
        }
    }
}
