// SPDX-License-Identifier: Apache-2.0

/// Where a blob is stored.
package struct BlobLocation: Hashable, Sendable {
    package let pack: PackID
    /// First byte of the sealed blob within the pack.
    package let offset: UInt32
    /// Bytes of the sealed blob.
    package let storedLength: UInt32
    /// Bytes of the plaintext if it was compressed; 0 if it was not.
    package let uncompressedLength: UInt32
    package let kind: BlobKind

    package init(pack: PackID, offset: UInt32, storedLength: UInt32, uncompressedLength: UInt32, kind: BlobKind) {
        self.pack = pack
        self.offset = offset
        self.storedLength = storedLength
        self.uncompressedLength = uncompressedLength
        self.kind = kind
    }

    /// Whether the plaintext was compressed before it was sealed.
    package var isCompressed: Bool { uncompressedLength != 0 }

    /// Bytes of the plaintext, which a sealed blob exceeds by 32 when it is not compressed.
    package var plaintextLength: UInt32 {
        isCompressed ? uncompressedLength : storedLength >= 32 ? storedLength - 32 : 0
    }
}
