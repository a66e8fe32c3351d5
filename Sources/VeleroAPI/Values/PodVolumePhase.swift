// SPDX-License-Identifier: Apache-2.0

/// How far the backup or restore of one volume is.
package enum PodVolumePhase: TextEnumeration {
    case new
    /// Taken up but not started; Velero 1.17 and later.
    case accepted, prepared
    case inProgress
    /// Asked to stop, and stopped; Velero 1.17 and later.
    case canceling, canceled
    case completed, failed
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [
            (.new, "New"), (.accepted, "Accepted"), (.prepared, "Prepared"), (.inProgress, "InProgress"),
            (.canceling, "Canceling"), (.canceled, "Canceled"), (.completed, "Completed"), (.failed, "Failed"),
        ]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }

    /// Whether nothing more happens.
    package var isFinal: Bool {
        switch self {
        case .completed, .failed, .canceled: true
        default: false
        }
    }
}
