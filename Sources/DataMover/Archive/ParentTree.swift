// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Reads the trees of the snapshot that changes are detected against.
package struct ParentTree: Sendable {
    /// Root tree of the parent snapshot.
    package var root: BlobID
    /// The text of a tree.
    package var readTree: @Sendable (BlobID) async throws -> [UInt8]

    package init(root: BlobID, readTree: @escaping @Sendable (BlobID) async throws -> [UInt8]) {
        self.root = root
        self.readTree = readTree
    }
}

/// Finds the nodes of one parent tree for names asked in ascending order, decoding each node once.
struct ParentCursor {
    private var decoder: TreeDecoder
    private var current: Node?

    init(_ text: [UInt8]) throws(FormatError) {
        decoder = try TreeDecoder(text)
        current = try decoder.next()
    }

    /// The node called `name`; names must ascend from call to call.
    mutating func node(called name: [UInt8]) throws(FormatError) -> Node? {
        while let node = current, node.name.lexicographicallyPrecedes(name) { current = try decoder.next() }
        guard let node = current, node.name == name else { return nil }
        current = try decoder.next()
        return node
    }
}
