// SPDX-License-Identifier: Apache-2.0

package import ResticFormat
import Synchronization

/// Which blobs the snapshots of a repository need.
package struct UsedBlobs: Sendable {
    package var marks: BlobMarks
    /// Blobs that are needed but in no index; at most a hundred are kept.
    package var missing: [(kind: BlobKind, id: BlobID)] = []
    package var missingCount = 0

    static let keptMissingCount = 100
}

extension Repository {
    /// Marks every blob reachable from `trees`.
    ///
    /// - Parameter onTree: Told of each tree that was read, from any thread.
    /// - Throws: ``RepositoryError`` when a tree is damaged: then nothing may be removed, since what it refers to is unknown.
    package func usedBlobs(
        of trees: [BlobID],
        onTree: @escaping @Sendable () -> Void = {}
    ) async throws -> UsedBlobs {
        let state = Mutex(UsedBlobs(marks: BlobMarks(for: index)))
        let index = index
        @Sendable func mark(_ kind: BlobKind, _ ids: [BlobID]) {
            let ordinals = ids.map { ($0, index.ordinal(of: kind, $0)) }
            state.withLock { used in
                for (id, ordinal) in ordinals {
                    guard let ordinal else {
                        used.missingCount += 1
                        if used.missing.count < UsedBlobs.keptMissingCount { used.missing.append((kind, id)) }
                        continue
                    }
                    used.marks.insert(ordinal, kind)
                }
            }
        }
        mark(.tree, trees)
        try await TreeTraversal(self).run(
            from: trees,
            visit: { id, text in
                onTree()
                var subtrees: [BlobID] = []
                do {
                    var decoder = try TreeDecoder(text)
                    while let node = try decoder.next() {
                        if let content = node.content { mark(.data, content) }
                        if let subtree = node.subtree { subtrees.append(subtree) }
                    }
                } catch {
                    throw RepositoryError(.corrupt, "Tree \(id) cannot be decoded; run `check`.", cause: error)
                }
                mark(.tree, subtrees)
                return subtrees
            },
            fail: { _, error in throw error }
        )
        return state.withLock { $0 }
    }
}
