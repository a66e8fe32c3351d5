// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// A change of a snapshot's tags.
package struct TagChange: Sendable, Equatable {
    /// Replaces all tags; empty strings mean none.
    package var set: [String]?
    package var add: [String] = []
    package var remove: [String] = []

    package init(set: [String]? = nil, add: [String] = [], remove: [String] = []) {
        self.set = set
        self.add = add
        self.remove = remove
    }

    /// Applies the change.
    ///
    /// - Returns: Whether anything is different now.
    package func apply(to snapshot: inout Snapshot) -> Bool {
        if let set {
            let wanted = set.filter { !$0.isEmpty }
            guard snapshot.tags != wanted else { return false }
            snapshot.tags = wanted
            return true
        }
        let added = snapshot.addTags(add)
        let removed = snapshot.removeTags(remove)
        return added || removed
    }
}

extension Repository {
    /// Replaces a snapshot by a changed one, which keeps the id of the first of the chain as its original.
    ///
    /// - Parameter held: The exclusive lock.
    /// - Returns: The id of the new snapshot file.
    package func replaceSnapshot(
        _ old: SnapshotID,
        with changed: Snapshot,
        holding held: LockGuard
    ) async throws -> SnapshotID {
        precondition(held.kind == .exclusive, "replacing a snapshot needs the exclusive lock")
        var snapshot = changed
        if snapshot.original == nil { snapshot.original = old }
        try held.confirm()
        let id = try await saveSnapshot(snapshot)
        if id != old { try await removeSnapshot(old) }
        return id
    }
}
