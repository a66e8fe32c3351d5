// SPDX-License-Identifier: Apache-2.0

/// How far a Restore is.
package enum RestorePhase: TextEnumeration {
    case new, failedValidation, inProgress
    case waitingForPluginOperations, waitingForPluginOperationsPartiallyFailed
    case finalizing, finalizingPartiallyFailed
    case completed, partiallyFailed, failed
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [
            (.new, "New"), (.failedValidation, "FailedValidation"), (.inProgress, "InProgress"),
            (.waitingForPluginOperations, "WaitingForPluginOperations"),
            (.waitingForPluginOperationsPartiallyFailed, "WaitingForPluginOperationsPartiallyFailed"),
            (.finalizing, "Finalizing"), (.finalizingPartiallyFailed, "FinalizingPartiallyFailed"),
            (.completed, "Completed"), (.partiallyFailed, "PartiallyFailed"), (.failed, "Failed"),
        ]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }

    /// Whether nothing more happens.
    package var isFinal: Bool {
        switch self {
        case .completed, .partiallyFailed, .failed, .failedValidation: true
        default: false
        }
    }
}
