// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

extension PackHeader {
    /// What the end of a pack gives.
    package enum TailReading: Hashable, Sendable {
        /// All blobs of the pack, in order.
        case entries([PackEntry])
        /// The header is longer than the bytes given; give this many from the end.
        case needs(byteCount: Int)
    }

    /// Reads the header from the last bytes of a pack.
    ///
    /// - Parameters:
    ///   - tail: The last bytes of the pack; ``eagerByteCount`` (or all) of them for a start.
    ///   - packByteCount: Size of the whole pack.
    /// - Throws: ``FormatError``: `.truncated`, `.tooLarge` or `.malformed` for sizes that cannot be, `.notAuthentic` for a
    ///   wrong key or changed bytes, `.unsupported` for an unknown blob type.
    package static func read(
        tail: Span<UInt8>,
        packByteCount: Int,
        cipher: MessageCipher
    ) throws(FormatError) -> TailReading {
        guard packByteCount >= minimumPackByteCount, tail.count >= lengthByteCount, tail.count <= packByteCount else {
            throw FormatError(.truncated, "pack: \(packByteCount) bytes are too few for a header")
        }
        let sealedByteCount = Int(number(in: tail, at: tail.count - lengthByteCount))
        guard sealedByteCount >= MessageCipher.overheadByteCount + plainEntryByteCount else {
            throw FormatError(.malformed, "pack: header of \(sealedByteCount) bytes holds no entry")
        }
        guard sealedByteCount <= maximumSealedByteCount else {
            throw FormatError(.tooLarge, "pack: header of \(sealedByteCount) bytes is above 16 MiB")
        }
        guard sealedByteCount <= packByteCount - lengthByteCount else {
            throw FormatError(
                .truncated,
                "pack: header of \(sealedByteCount) bytes does not fit in \(packByteCount) bytes"
            )
        }
        let end = tail.count - lengthByteCount
        guard sealedByteCount <= end else { return .needs(byteCount: sealedByteCount + lengthByteCount) }
        var plaintext: [UInt8] = []
        do {
            try cipher.open(tail.extracting((end - sealedByteCount)..<end), appendingTo: &plaintext)
        } catch {
            throw FormatError(error, reading: "pack header")
        }
        let entries = try entries(plaintext: plaintext.span)
        let blobByteCount = entries.last.map { Int($0.offset) + Int($0.storedLength) } ?? 0
        guard blobByteCount == packByteCount - sealedByteCount - lengthByteCount else {
            throw FormatError(
                .malformed,
                "pack: its header lists \(blobByteCount) bytes of blobs, which is not its size"
            )
        }
        return .entries(entries)
    }

    /// Reads entries as they stand inside the sealing.
    package static func entries(plaintext: Span<UInt8>) throws(FormatError) -> [PackEntry] {
        var entries: [PackEntry] = []
        entries.reserveCapacity(plaintext.count / plainEntryByteCount)
        var position = 0
        var offset: UInt32 = 0
        while position < plaintext.count {
            let type = plaintext[position]
            guard type <= 3, let kind = BlobKind(rawValue: type & ~compressedFlag) else {
                throw FormatError(.unsupported, "pack header: blob type \(type) is not known")
            }
            let isCompressed = type & compressedFlag != 0
            let entryByteCount = isCompressed ? compressedEntryByteCount : plainEntryByteCount
            let end = position + entryByteCount
            guard end <= plaintext.count, let digest = Digest256(bytes: plaintext.extracting((end - 32)..<end)) else {
                throw FormatError(.truncated, "pack header: ends inside an entry")
            }
            let storedLength = number(in: plaintext, at: position + 1)
            let uncompressedLength = isCompressed ? number(in: plaintext, at: position + 5) : 0
            guard storedLength >= MessageCipher.overheadByteCount, !isCompressed || uncompressedLength > 0 else {
                throw FormatError(.malformed, "pack header: a blob of \(storedLength) bytes cannot be")
            }
            let (next, overflow) = offset.addingReportingOverflow(storedLength)
            guard !overflow else { throw FormatError(.tooLarge, "pack header: blobs add up to more than 4 GiB") }
            entries.append(
                PackEntry(
                    kind: kind,
                    id: BlobID(digest),
                    offset: offset,
                    storedLength: storedLength,
                    uncompressedLength: uncompressedLength
                )
            )
            offset = next
            position = end
        }
        return entries
    }

    private static func number(in bytes: Span<UInt8>, at index: Int) -> UInt32 {
        var value: UInt32 = 0
        for place in 0..<4 { value |= UInt32(bytes[index + place]) << UInt32(8 * place) }
        return value
    }
}
