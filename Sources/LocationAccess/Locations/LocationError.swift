// SPDX-License-Identifier: Apache-2.0

/// Why a location or a repository in it cannot be used.
package struct LocationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        /// There is no BackupStorageLocation of that name.
        case locationMissing
        /// The location contradicts itself or lacks something.
        case incomplete
        /// No store for this provider exists here.
        case unsupported
        /// A Secret, or a key of one, is missing.
        case secretMissing
        /// The location is for reading only.
        case readOnly
        /// A resource names another repository than the location does.
        case otherRepository
        /// More than one resource stands for the same repository.
        case ambiguous
        /// The server found that the repository cannot be used.
        case notReady
        /// The server did not say in time whether the repository can be used.
        case timedOut
    }

    package var code: Code
    /// What is wrong and what to do about it; never holds secrets.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
