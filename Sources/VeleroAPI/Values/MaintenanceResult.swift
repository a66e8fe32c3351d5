// SPDX-License-Identifier: Apache-2.0

/// How a repository's maintenance ended.
package enum MaintenanceResult: TextEnumeration {
    case succeeded
    case failed
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.succeeded, "Succeeded"), (.failed, "Failed")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
