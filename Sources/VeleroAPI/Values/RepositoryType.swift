// SPDX-License-Identifier: Apache-2.0

/// The format of a repository.
package enum RepositoryType: TextEnumeration {
    case restic
    /// Written by Velero 1.10 and later; neither read nor written here.
    case kopia
    /// Written by Velero up to 1.9, where all were restic's.
    case unset
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.restic, "restic"), (.kopia, "kopia"), (.unset, "")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }

    /// Whether repositories of this type are served here.
    package var isRestic: Bool { self == .restic || self == .unset }
}
