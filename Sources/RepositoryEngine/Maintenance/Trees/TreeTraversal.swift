// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

/// Visits every tree reachable from some roots once, several at a time.
///
/// Memory: one bit per tree of the index and the trees being read; ids only of those waiting, and of those in no index.
package struct TreeTraversal: Sendable {
    private let repository: Repository
    private let limit: Int

    /// - Parameter limit: Trees read at once; nil takes what suits the store.
    package init(_ repository: Repository, limit: Int? = nil) {
        self.repository = repository
        self.limit = limit ?? max(4, repository.storage.recommendedConcurrency + 2)
    }

    /// Which trees were visited.
    package struct Visited: Sendable {
        private let index: MasterIndex
        private var marks: BlobMarks
        private var unindexed: Set<BlobID> = []

        package init(in repository: Repository) {
            index = repository.index
            marks = BlobMarks(for: index)
        }

        /// Notes a visit.
        ///
        /// - Returns: Whether it is the first one.
        package mutating func insert(_ tree: BlobID) -> Bool {
            guard let ordinal = index.ordinal(of: .tree, tree) else { return unindexed.insert(tree).inserted }
            return marks.insert(ordinal, .tree)
        }
    }

    /// Hands the text of each tree to `visit`, which returns the subtrees to go on with; order is not defined.
    ///
    /// A tree listed in no index, or damaged, goes to `fail`; unless that throws, the rest is still visited.
    ///
    /// - Parameter visited: Trees that are left out, with everything below; those visited now are added.
    /// - Throws: What `visit` or `fail` throw, or `CancellationError`; `visited` stays as it was then.
    package func run(
        from roots: some Sequence<BlobID>,
        visited: inout Visited,
        visit: @escaping @Sendable (BlobID, [UInt8]) throws -> [BlobID],
        fail: @escaping @Sendable (BlobID, any Error) throws -> Void
    ) async throws {
        var seen = visited
        var waiting = roots.filter { seen.insert($0) }
        let repository = repository
        try await withThrowingTaskGroup(of: [BlobID].self) { group in
            var running = 0
            while true {
                while running < limit, let id = waiting.popLast() {
                    running += 1
                    group.addTask {
                        let text: [UInt8]
                        do {
                            text = try await repository.readBlob(.tree, id)
                        } catch let error as CancellationError {
                            throw error
                        } catch {
                            try fail(id, error)
                            return []
                        }
                        return try visit(id, text)
                    }
                }
                guard running > 0, let children = try await group.next() else { return }
                running -= 1
                for child in children where seen.insert(child) { waiting.append(child) }
            }
        }
        visited = seen
    }

    /// Visits what lies below `roots`, whatever was visited before.
    package func run(
        from roots: some Sequence<BlobID>,
        visit: @escaping @Sendable (BlobID, [UInt8]) throws -> [BlobID],
        fail: @escaping @Sendable (BlobID, any Error) throws -> Void
    ) async throws {
        var visited = Visited(in: repository)
        try await run(from: roots, visited: &visited, visit: visit, fail: fail)
    }
}
