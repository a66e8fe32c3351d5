// SPDX-License-Identifier: Apache-2.0

/// Some consecutive nodes of a tree, encoded by themselves so that several workers can encode parts of one directory.
package struct TreeFragment: Sendable {
    private(set) var writer: JSONWriter
    private(set) var firstName: [UInt8]?
    private(set) var lastName: [UInt8]?
    /// How many nodes were written.
    package private(set) var nodeCount = 0

    package init(dialect: JSONDialect = .current) {
        writer = JSONWriter(dialect: dialect)
    }

    /// Bytes of text so far.
    package var byteCount: Int { writer.bytes.count }

    /// Adds a node; names must ascend strictly by their bytes.
    ///
    /// - Throws: ``FormatError`` with `.malformed` for an empty name or one that does not sort after the previous name.
    package mutating func append(_ node: Node) throws(FormatError) {
        try NodeOrder.check(node.name, after: lastName)
        if firstName == nil { firstName = node.name }
        lastName = node.name
        node.encode(to: &writer)
        nodeCount += 1
    }
}
