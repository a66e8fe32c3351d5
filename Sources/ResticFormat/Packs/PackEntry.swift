// SPDX-License-Identifier: Apache-2.0

/// One blob of a pack, as the pack's header lists it.
package struct PackEntry: Hashable, Sendable {
    package var kind: BlobKind
    package var id: BlobID
    /// Position in the pack, in bytes; not stored but the sum of the lengths before.
    package var offset: UInt32
    /// Number of bytes in the pack, sealing included.
    package var storedLength: UInt32
    /// Number of bytes of the plaintext if the blob is compressed, else 0.
    package var uncompressedLength: UInt32

    package init(kind: BlobKind, id: BlobID, offset: UInt32, storedLength: UInt32, uncompressedLength: UInt32) {
        self.kind = kind
        self.id = id
        self.offset = offset
        self.storedLength = storedLength
        self.uncompressedLength = uncompressedLength
    }

    package var isCompressed: Bool { uncompressedLength != 0 }

    /// Bytes this entry takes in a header.
    package var headerByteCount: Int {
        isCompressed ? PackHeader.compressedEntryByteCount : PackHeader.plainEntryByteCount
    }
}
