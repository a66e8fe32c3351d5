// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// The list of blobs at the end of a pack: sealed entries, then their length as 4 little-endian bytes.
package enum PackHeader {
    /// Bytes per entry of a blob stored as it is.
    package static let plainEntryByteCount = 37
    /// Bytes per entry of a compressed blob.
    package static let compressedEntryByteCount = 41
    /// Bytes of the length that ends a pack.
    package static let lengthByteCount = 4
    /// Bytes of a pack beyond its blobs and header entries: sealing and length.
    package static let overheadByteCount = MessageCipher.overheadByteCount + lengthByteCount
    /// Largest sealed header a reader accepts.
    package static let maximumSealedByteCount = 16 << 20
    /// Smallest possible pack: one entry, its sealing, the length.
    package static let minimumPackByteCount = plainEntryByteCount + overheadByteCount
    /// How much of a pack's end is worth reading at once: room for 15 entries.
    package static let eagerByteCount = 15 * compressedEntryByteCount + overheadByteCount

    /// Whether a pack of `entryCount` blobs may take another one without its header growing too large.
    package static func hasRoom(afterEntryCount entryCount: Int) -> Bool {
        overheadByteCount + (entryCount + 1) * compressedEntryByteCount <= maximumSealedByteCount + lengthByteCount
    }

    /// Size of a pack, by what an index says of its blobs; for an intact pack that is the size of the file.
    package static func packByteCount(of entries: some Sequence<PackEntry>) -> Int {
        entries.reduce(overheadByteCount) { $0 + Int($1.storedLength) + $1.headerByteCount }
    }

    /// Appends the sealed header and its length: everything that follows the blobs.
    ///
    /// - Parameter entries: In the order of the blobs.
    package static func append(
        _ entries: [PackEntry],
        to pack: inout [UInt8],
        cipher: MessageCipher,
        iv: InitializationVector
    ) {
        let plaintext = plaintext(of: entries)
        let start = pack.count
        cipher.seal(plaintext.span, iv: iv, appendingTo: &pack)
        append(UInt32(pack.count - start), to: &pack)
    }

    /// The entries as they stand inside the sealing.
    package static func plaintext(of entries: [PackEntry]) -> [UInt8] {
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(entries.count * compressedEntryByteCount)
        for entry in entries {
            plaintext.append(entry.kind.rawValue | (entry.isCompressed ? compressedFlag : 0))
            append(entry.storedLength, to: &plaintext)
            if entry.isCompressed { append(entry.uncompressedLength, to: &plaintext) }
            entry.id.digest.append(to: &plaintext)
        }
        return plaintext
    }

    static let compressedFlag: UInt8 = 2

    private static func append(_ number: UInt32, to output: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
