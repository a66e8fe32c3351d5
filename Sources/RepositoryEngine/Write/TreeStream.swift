// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat

/// A tree too large to be held as text: hashed and compressed as it comes, stored when it ends.
///
/// Holds the compressed form only, about a tenth of the text. Not `Sendable`: one directory fills it.
package final class TreeStream {
    private let writer: BlobWriter
    private let hasher = SHA256Hasher()
    private let compressor: ZstdCompressor
    private var frame: [UInt8] = []
    /// Bytes of text so far.
    package private(set) var byteCount = 0

    init(_ writer: BlobWriter) {
        self.writer = writer
        compressor = writer.context.codecs.makeCompressor()
    }

    /// Adds the next bytes of the tree's text.
    ///
    /// - Throws: ``TransformError`` with `.unavailable` when memory runs out.
    package func append(_ text: Span<UInt8>) throws {
        hasher.update(text)
        try compressor.update(text, appendingTo: &frame)
        byteCount += text.count
    }

    /// Stores the tree unless it is known.
    ///
    /// - Throws: As ``BlobWriter/save(_:_:id:storesKnown:)-swift.method``.
    package func finish() throws -> SavedBlob {
        try compressor.finish(appendingTo: &frame)
        let id = BlobID(hasher.finalize())
        return try writer.saveCompressed(.tree, frame, id: id, plaintextByteCount: byteCount)
    }
}

extension BlobWriter {
    /// A way to store a tree piece by piece; nil in a repository of format 1, which keeps trees uncompressed and whole.
    package func makeTreeStream() -> TreeStream? {
        context.compressesTrees ? TreeStream(self) : nil
    }
}
