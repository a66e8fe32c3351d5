// SPDX-License-Identifier: Apache-2.0

/// A repository operation that cannot go on.
package struct RepositoryError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        /// Nothing is stored at this place, not even a bucket or directory.
        case containerMissing
        /// The place exists but holds no repository.
        case noRepository
        /// The place holds files, but not those of a repository.
        case foreignContent
        /// `init` found a repository, or part of one, already there.
        case alreadyInitialized
        /// No key opens with this password.
        case wrongPassword
        /// Another process holds a conflicting lock.
        case locked
        /// The lock could not be refreshed in time; the operation was stopped.
        case lockLost
        /// A stored file is not what its name or authentication code says, or breaks the format.
        case corrupt
        /// The repository uses a version or feature this program does not know.
        case unsupported
        /// No index file lists a blob that is needed.
        case missingBlob
        /// No snapshot matches.
        case noSnapshot
        /// More than one snapshot or key matches an abbreviated id.
        case ambiguous
        /// The request contradicts itself or the state of the repository.
        case invalid
    }

    package var code: Code
    /// What failed, for which object, and what to do about it; never holds secrets.
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}
