// SPDX-License-Identifier: Apache-2.0

/// Whether a storage or snapshot location can be used.
package enum LocationPhase: TextEnumeration {
    case available
    case unavailable
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.available, "Available"), (.unavailable, "Unavailable")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
