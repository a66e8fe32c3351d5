// SPDX-License-Identifier: Apache-2.0

/// Whether a Schedule makes backups.
package enum SchedulePhase: TextEnumeration {
    case new
    case enabled
    case failedValidation
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.new, "New"), (.enabled, "Enabled"), (.failedValidation, "FailedValidation")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
