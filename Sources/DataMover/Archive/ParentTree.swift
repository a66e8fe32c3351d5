// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine
package import ResticFormat

/// Reads the trees of the snapshot that changes are detected against.
package struct ParentTree: Sendable {
    /// Root tree of the parent snapshot.
    package var root: BlobID
    /// Opens a tree; a large one is read as its nodes are asked for.
    package var openTree: @Sendable (BlobID) async throws -> TreeReader

    package init(root: BlobID, openTree: @escaping @Sendable (BlobID) async throws -> TreeReader) {
        self.root = root
        self.openTree = openTree
    }
}

/// Finds the nodes of one parent tree for names asked in ascending order, decoding each node once.
struct ParentCursor {
    private let tree: TreeReader
    private var current: Node?

    init(_ tree: TreeReader) throws {
        self.tree = tree
        current = try tree.next()
    }

    /// The node called `name`; names must ascend from call to call.
    mutating func node(called name: [UInt8]) throws -> Node? {
        while let node = current, node.name.lexicographicallyPrecedes(name) { current = try tree.next() }
        guard let node = current, node.name == name else { return nil }
        current = try tree.next()
        return node
    }
}
