// SPDX-License-Identifier: Apache-2.0

/// Whether a repository can be used.
package enum RepositoryPhase: TextEnumeration {
    case new
    case ready
    case notReady
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.new, "New"), (.ready, "Ready"), (.notReady, "NotReady")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
