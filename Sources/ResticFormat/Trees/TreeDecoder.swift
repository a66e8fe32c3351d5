// SPDX-License-Identifier: Apache-2.0

/// Yields the nodes of one tree, one at a time.
///
/// Ask ``next()`` until it returns nil; only then is the whole text known to be well-formed.
package struct TreeDecoder: Sendable {
    private enum Position { case nodes, end }

    private enum Member: String, CaseIterable {
        case nodes
        static let table = JSONMembers(Member.self)
    }

    private var reader: JSONReader
    private var position = Position.nodes
    private var lastName: [UInt8]?
    private let comparesEncoding: Bool
    private var writer = JSONWriter()
    private var oldWriter = JSONWriter(dialect: .restic014)
    private var previousEnd = 0

    /// Whether every byte so far is what ``TreeEncoder`` would write, in some dialect.
    ///
    /// False means that writing the tree anew would lose or change something, such as members unknown to this project.
    /// Only kept if asked for when the decoder was made.
    package private(set) var isReproducible = true

    /// Starts at the first node.
    ///
    /// - Parameter comparesEncoding: Encode each node again to keep ``isReproducible``; costs about as much as decoding.
    package init(_ text: [UInt8], comparesEncoding: Bool = false) throws(FormatError) {
        reader = JSONReader(text)
        self.comparesEncoding = comparesEncoding
        try reader.beginObject()
        while try reader.nextKey() {
            let isNodes = reader.member(of: Member.table) == .nodes
            if isNodes, try !reader.readNull() {
                try reader.beginArray()
                isReproducible =
                    isReproducible && text.starts(with: Self.opening) && reader.position == Self.opening.count
                previousEnd = reader.position - 1
                return
            }
            isReproducible = false
            if !isNodes { try reader.skipValue() }
        }
        isReproducible = false
        position = .end
        try reader.finish()
    }

    /// The next node, or nil after the last one.
    ///
    /// - Throws: ``FormatError`` for malformed text and for names that are empty or do not ascend strictly.
    package mutating func next() throws(FormatError) -> Node? {
        guard position == .nodes else { return nil }
        guard try reader.nextElement() else {
            try readEnd()
            return nil
        }
        let start = reader.position
        let node = try Node(from: &reader)
        try NodeOrder.check(node.name, after: lastName)
        lastName = node.name
        if comparesEncoding, isReproducible {
            isReproducible = start == previousEnd + 1 && encodes(node, as: start..<reader.position)
            previousEnd = reader.position
        }
        return node
    }

    /// All nodes of a tree at once, for trees known to be small and for tests.
    package static func nodes(of text: [UInt8]) throws(FormatError) -> [Node] {
        var decoder = try TreeDecoder(text)
        var nodes: [Node] = []
        while let node = try decoder.next() { nodes.append(node) }
        return nodes
    }

    private static let opening = Array(#"{"nodes":["#.utf8)
    private static let closing = Array("]}\n".utf8)

    private mutating func readEnd() throws(FormatError) {
        position = .end
        if !reader.bytes[(reader.position - 1)...].elementsEqual(Self.closing) { isReproducible = false }
        while try reader.nextKey() {
            guard reader.member(of: Member.table) != .nodes else {
                throw FormatError(.malformed, "a tree lists its nodes twice")
            }
            try reader.skipValue()
        }
        try reader.finish()
    }

    private mutating func encodes(_ node: Node, as range: Range<Int>) -> Bool {
        writer.removeAll()
        node.encode(to: &writer)
        if Self.areEqual(writer.bytes.span, reader.bytes.span.extracting(range)) { return true }
        oldWriter.removeAll()
        node.encode(to: &oldWriter)
        return Self.areEqual(oldWriter.bytes.span, reader.bytes.span.extracting(range))
    }

    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
