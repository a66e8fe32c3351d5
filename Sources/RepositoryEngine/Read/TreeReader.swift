// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ResticFormat

/// The nodes of one tree, one after another; a large tree is decompressed as they are asked for.
///
/// What it reads was authenticated and compared with the tree's id before. Not `Sendable`: one directory reads it.
package final class TreeReader {
    /// Text decompressed at a time.
    private static let pieceByteCount = 64 << 10

    private var whole: TreeDecoder?
    private var frame: ZstdFrameReader?
    private var window = TreeWindow()
    private let textByteCount: Int

    /// Reads a tree from its text.
    ///
    /// - Throws: ``FormatError`` for text that does not start as a tree.
    package init(_ text: [UInt8]) throws {
        whole = try TreeDecoder(text)
        textByteCount = text.count
    }

    /// Reads a tree from its compressed text.
    init(frame: [UInt8]) {
        self.frame = ZstdFrameReader(frame)
        textByteCount = 0
    }

    /// Bytes of memory held for the tree, in whatever form.
    package var heldByteCount: Int {
        if let frame { return frame.heldByteCount + window.heldByteCount }
        return whole == nil ? 0 : textByteCount
    }

    /// The next node, or nil after the last one.
    ///
    /// - Throws: ``FormatError`` as `TreeDecoder`, ``TransformError`` for a frame that cannot be decompressed; the tree has ended then.
    package func next() throws -> Node? {
        do {
            if let node = try frame == nil ? whole?.next() : nextOfFrame() { return node }
        } catch {
            end()
            throw error
        }
        end()
        return nil
    }

    private func nextOfFrame() throws -> Node? {
        while let frame {
            if let node = try window.next() { return node }
            guard !window.hasEnded else { break }
            var piece: [UInt8] = []
            let isLast = try !frame.read(appendingTo: &piece, limit: Self.pieceByteCount)
            try window.append(piece, isLast: isLast)
        }
        return nil
    }

    private func end() {
        whole = nil
        frame = nil
        window = TreeWindow()
    }
}

extension Repository {
    /// Text above which a tree is decompressed as it is read, in bytes.
    private static let wholeTreeByteCount = 4 << 20

    /// Opens a tree whose nodes are needed one after another, in memory for its compressed form if it is large.
    ///
    /// - Throws: As ``readTreeText(_:)``; ``FormatError`` for text that does not start as a tree.
    package func openTree(_ id: BlobID) async throws -> TreeReader {
        guard let byteCount = index.plaintextByteCount(of: .tree, id), byteCount > Self.wholeTreeByteCount else {
            return try TreeReader(try await readTreeText(id))
        }
        let opened: OpenedTree = try await readBlob(.tree, id) { [codecs] sealed, blob in
            guard blob.isCompressed else { return .text(try codecs.open(sealed, as: blob)) }
            return .frame(try codecs.withCodec { try $0.frame(sealed.span, as: blob) })
        }
        switch opened {
        case .text(let text): return try TreeReader(text)
        case .frame(let frame): return TreeReader(frame: frame)
        }
    }
}

/// A tree as it was opened: whole, or compressed and known to expand to what its id says.
private enum OpenedTree: Sendable {
    case text([UInt8])
    case frame([UInt8])
}
