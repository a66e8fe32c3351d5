// SPDX-License-Identifier: Apache-2.0

/// Writes the text of one index file, pack after pack.
///
/// All blobs of a pack belong into the same index; restic's maintenance relies on it.
package struct IndexEncoder: Sendable {
    private var writer: JSONWriter
    private var isInPack = false
    /// Packs begun so far.
    package private(set) var packCount = 0
    /// Blobs written so far.
    package private(set) var blobCount = 0

    package init() {
        writer = JSONWriter()
        writer.beginObject()
        writer.key("packs")
        writer.beginArray()
    }

    /// Whether the index should be saved before another pack is begun.
    package var isFull: Bool { blobCount >= IndexFile.fullBlobCount }

    /// Length of the text so far.
    package var byteCount: Int { writer.bytes.count }

    /// Begins the entries of a pack, ending those of the pack before.
    package mutating func beginPack(_ id: PackID) {
        endPack()
        isInPack = true
        packCount += 1
        writer.beginObject()
        writer.key("id")
        writer.value(id)
        writer.key("blobs")
        writer.beginArray()
    }

    /// Adds a blob of the pack begun last.
    ///
    /// - Precondition: A pack was begun.
    package mutating func append(
        _ id: BlobID,
        kind: BlobKind,
        offset: UInt32,
        storedLength: UInt32,
        uncompressedLength: UInt32
    ) {
        precondition(isInPack, "a blob needs a pack")
        blobCount += 1
        writer.beginObject()
        writer.key("id")
        writer.value(id)
        writer.member("type", kind.name)
        writer.member("offset", UInt64(offset))
        writer.member("length", UInt64(storedLength))
        if uncompressedLength != 0 { writer.member("uncompressed_length", UInt64(uncompressedLength)) }
        writer.endObject()
    }

    /// Ends the index and returns its text.
    package consuming func finish() -> [UInt8] {
        endPack()
        writer.endArray()
        writer.endObject()
        writer.newline()
        return writer.takeBytes()
    }

    private mutating func endPack() {
        guard isInPack else { return }
        isInPack = false
        writer.endArray()
        writer.endObject()
    }
}
