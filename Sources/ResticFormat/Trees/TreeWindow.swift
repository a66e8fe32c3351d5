// SPDX-License-Identifier: Apache-2.0

/// Yields the nodes of a tree whose text comes in pieces, in memory for one piece and the largest node.
///
/// Gives the nodes and errors ``TreeDecoder`` gives for the whole text. Text that does not start as ``TreeEncoder`` writes it is
/// gathered until its end.
package struct TreeWindow: Sendable {
    private static let opening = Array(#"{"nodes":["#.utf8)
    private static let closing = Array("]}".utf8)

    /// What is not cut yet; once a part was cut, the opening and that part's last node stand before it.
    private var text: [UInt8] = []
    private var boundaries = NodeBoundaries(start: TreeWindow.opening.count)
    private var decoder: TreeDecoder?
    /// Whether ``text`` begins with a node that was handed out before; it stays so that order is checked across parts.
    private var repeatsNode = false
    /// Whether the last piece was added.
    package private(set) var hasEnded = false
    private var partByteCount = 0

    package init() {}

    /// Bytes of memory held for text.
    package var heldByteCount: Int { text.capacity + partByteCount }

    /// Adds the next piece of the text; call it only when ``next()`` has returned nil.
    ///
    /// - Parameter isLast: Whether the text ends with this piece, which may be empty.
    /// - Throws: ``FormatError`` for malformed text.
    package mutating func append(_ piece: [UInt8], isLast: Bool) throws(FormatError) {
        text.append(contentsOf: piece)
        guard !isLast else {
            let rest = text
            text = []
            hasEnded = true
            return try begin(rest)
        }
        guard text.starts(with: Self.opening) else { return }
        boundaries.scan(text)
        guard let last = boundaries.takeLastNode() else { return }
        let part = text[..<last.upperBound] + Self.closing
        var kept: [UInt8] = []
        kept.reserveCapacity(Self.opening.count + text.count - last.lowerBound + piece.count)
        kept.append(contentsOf: Self.opening)
        kept.append(contentsOf: text[last.lowerBound...])
        boundaries.shift(by: last.lowerBound - Self.opening.count)
        text = kept
        try begin(Array(part))
        repeatsNode = true
    }

    /// The next node of the text so far, or nil when more text is needed or, after the last piece, the tree has ended.
    ///
    /// - Throws: ``FormatError`` as ``TreeDecoder/next()``.
    package mutating func next() throws(FormatError) -> Node? {
        guard let node = try decoder?.next() else {
            decoder = nil
            partByteCount = 0
            return nil
        }
        return node
    }

    private mutating func begin(_ part: [UInt8]) throws(FormatError) {
        partByteCount = part.count
        decoder = try TreeDecoder(part)
        if repeatsNode { _ = try decoder?.next() }
    }
}

/// Finds where the nodes of a tree start and end without decoding them.
///
/// Follows brackets and strings only; text that is not JSON gives boundaries without meaning, which the decoder then rejects.
struct NodeBoundaries: Sendable {
    private var position: Int
    /// Brackets open: two between the nodes.
    private var depth = 2
    private var isInString = false
    private var isEscaped = false
    private var start = 0
    /// The last whole node, unless ``takeLastNode()`` gave it out.
    private var last: Range<Int>?

    /// - Parameter start: Position of the first node.
    init(start: Int) {
        position = start
    }

    /// Looks at what was appended to `text` since the last call.
    mutating func scan(_ text: [UInt8]) {
        while position < text.count, depth >= 2 {
            let byte = text[position]
            position += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 2 { start = position - 1 }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 2 { last = start..<position }
            default: break
            }
        }
    }

    mutating func takeLastNode() -> Range<Int>? {
        defer { last = nil }
        return last
    }

    /// Notes that so many bytes were removed before what follows the last node.
    mutating func shift(by byteCount: Int) {
        position -= byteCount
        start -= byteCount
    }
}
