// SPDX-License-Identifier: Apache-2.0

/// Writes the text of one tree, node after node, holding only text.
///
/// A directory of any size can be written with ``takeBytes()`` between nodes, handing the text to a hasher and compressor.
package struct TreeEncoder: Sendable {
    private var writer: JSONWriter
    private var lastName: [UInt8]?
    /// How many nodes were written.
    package private(set) var nodeCount = 0

    package init(dialect: JSONDialect = .current) {
        writer = JSONWriter(dialect: dialect)
        writer.beginObject()
        writer.key("nodes")
        writer.beginArray()
    }

    /// Bytes waiting to be taken.
    package var byteCount: Int { writer.bytes.count }

    /// Adds a node; names must ascend strictly by their bytes.
    ///
    /// - Throws: ``FormatError`` with `.malformed` for an empty name or one that does not sort after the previous name.
    package mutating func append(_ node: Node) throws(FormatError) {
        try NodeOrder.check(node.name, after: lastName)
        lastName = node.name
        node.encode(to: &writer)
        nodeCount += 1
    }

    /// Adds nodes encoded elsewhere in the same dialect; their names must follow those before.
    ///
    /// - Throws: ``FormatError`` with `.malformed` if the first of them does not sort after the previous name.
    package mutating func append(_ fragment: TreeFragment) throws(FormatError) {
        guard let first = fragment.firstName else { return }
        try NodeOrder.check(first, after: lastName)
        lastName = fragment.lastName
        writer.elements(fragment.writer.bytes)
        nodeCount += fragment.nodeCount
    }

    /// Takes the text written since the last call.
    package mutating func takeBytes() -> [UInt8] { writer.takeBytes() }

    /// Ends the tree and returns the text not yet taken.
    package consuming func finish() -> [UInt8] {
        writer.endArray()
        writer.endObject()
        writer.newline()
        return writer.takeBytes()
    }
}

/// The order of names within a tree.
enum NodeOrder {
    static func check(_ name: [UInt8], after previous: [UInt8]?) throws(FormatError) {
        guard !name.isEmpty else { throw FormatError(.malformed, "a node of a tree has an empty name") }
        guard let previous, !NodeName.isOrdered(previous, before: name) else { return }
        throw FormatError(
            .malformed,
            previous == name
                ? "node name \(NodeName.display(name.span)) occurs twice in a tree"
                : "node name \(NodeName.display(name.span)) is out of order in its tree"
        )
    }
}
