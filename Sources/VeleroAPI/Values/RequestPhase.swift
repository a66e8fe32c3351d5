// SPDX-License-Identifier: Apache-2.0

/// How far a request to the server is; each kind of request uses some of these.
package enum RequestPhase: TextEnumeration {
    case new
    case inProgress
    case processed
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.new, "New"), (.inProgress, "InProgress"), (.processed, "Processed")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
