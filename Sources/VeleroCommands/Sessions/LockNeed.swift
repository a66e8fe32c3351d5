// SPDX-License-Identifier: Apache-2.0

/// Which lock a command takes, and whether `--no-lock` may do without.
package enum LockNeed: Hashable, Sendable {
    /// None at all.
    case none
    /// Shared, for reading; `--no-lock` skips it.
    case reading
    /// Shared, for adding; never skipped.
    case appending
    /// Exclusive; `isOptional` when the command changes nothing and `--no-lock` may skip it.
    case exclusive(isOptional: Bool)

    /// - Throws: ``CommandFailure`` when `--no-lock` is given where it would endanger the repository.
    func requireAllowed(takesLock: Bool, command: String) throws(CommandFailure) {
        guard !takesLock else { return }
        switch self {
        case .none, .reading, .exclusive(isOptional: true): return
        case .appending, .exclusive(isOptional: false):
            throw CommandFailure("--no-lock cannot be used with \(command), which writes to the repository")
        }
    }
}
