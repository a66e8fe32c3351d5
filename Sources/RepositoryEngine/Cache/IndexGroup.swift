// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat

/// Decoded index files in the cache's own form: fixed-size records, little-endian, read without parsing.
///
/// `magic(8) ‖ u32 index files ‖ { id(32) ‖ u32 packs ‖ { id(32) ‖ u32 blobs ‖ u8 form ‖ blobs } }`. A blob is
/// `id(32) ‖ u32 stored ‖ u32 uncompressed`; in packs of form 2, which have gaps or both kinds, `u32 offset ‖ u8 kind` follow.
/// In the other forms the offsets are sums of lengths and the form is the kind.
enum IndexGroup {
    private static let magic = Array("VIXG0001".utf8)
    private static let explicitForm: UInt8 = 2
    private static let blobByteCount = 40

    // MARK: Encoding

    static func encode(_ batches: [IndexBatch]) -> [UInt8] {
        var output: [UInt8] = []
        let blobCount = batches.reduce(0) { $0 + $1.blobCount }
        output.reserveCapacity(64 + blobCount * 44)
        output.append(contentsOf: magic)
        append(UInt32(batches.count), to: &output)
        for batch in batches {
            guard let file = batch.indexFile else { continue }
            file.digest.append(to: &output)
            append(UInt32(batch.packCount), to: &output)
            for index in batch.packs.indices {
                append(batch.packs[index], batch.blobs(ofPackAt: index), to: &output)
            }
        }
        return output
    }

    private static func append(_ pack: PackID, _ blobs: ArraySlice<PackEntry>, to output: inout [UInt8]) {
        let form = form(of: blobs)
        pack.digest.append(to: &output)
        append(UInt32(blobs.count), to: &output)
        output.append(form)
        for blob in blobs {
            blob.id.digest.append(to: &output)
            append(blob.storedLength, to: &output)
            append(blob.uncompressedLength, to: &output)
            if form == explicitForm {
                append(blob.offset, to: &output)
                output.append(blob.kind.rawValue)
            }
        }
    }

    private static func form(of blobs: ArraySlice<PackEntry>) -> UInt8 {
        guard let kind = blobs.first?.kind else { return explicitForm }
        var offset: UInt32 = 0
        for blob in blobs {
            guard blob.kind == kind, blob.offset == offset else { return explicitForm }
            offset = offset &+ blob.storedLength
        }
        return kind.rawValue
    }

    private static func append(_ value: UInt32, to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: value))
        output.append(UInt8(truncatingIfNeeded: value >> 8))
        output.append(UInt8(truncatingIfNeeded: value >> 16))
        output.append(UInt8(truncatingIfNeeded: value >> 24))
    }

    // MARK: Decoding

    /// Reads a group.
    ///
    /// - Throws: ``FormatError`` for anything ``encode(_:)`` does not write.
    static func decode(_ bytes: [UInt8]) throws(FormatError) -> [IndexBatch] {
        var reader = Reader(bytes: bytes)
        guard try reader.take(magic.count).elementsEqual(magic) else {
            throw FormatError(.unsupported, "cached index: another version")
        }
        var batches: [IndexBatch] = []
        for _ in 0..<(try reader.number()) {
            var batch = IndexBatch(indexFile: IndexID(try reader.digest()))
            for _ in 0..<(try reader.number()) {
                batch.beginPack(PackID(try reader.digest()))
                try readBlobs(&reader, into: &batch)
            }
            batches.append(batch)
        }
        guard reader.isAtEnd else { throw FormatError(.malformed, "cached index: bytes left over") }
        return batches
    }

    private static func readBlobs(_ reader: inout Reader, into batch: inout IndexBatch) throws(FormatError) {
        let count = Int(try reader.number())
        let form = try reader.byte()
        guard count <= reader.remainingByteCount / blobByteCount else {
            throw FormatError(.truncated, "cached index: ends inside a pack")
        }
        guard let kind = form == explicitForm ? .data : BlobKind(rawValue: form) else {
            throw FormatError(.malformed, "cached index: form \(form)")
        }
        var offset: UInt32 = 0
        for _ in 0..<count {
            var blob = PackEntry(
                kind: kind,
                id: BlobID(try reader.digest()),
                offset: offset,
                storedLength: try reader.number(),
                uncompressedLength: try reader.number()
            )
            if form == explicitForm {
                blob.offset = try reader.number()
                guard let kind = BlobKind(rawValue: try reader.byte()) else {
                    throw FormatError(.malformed, "cached index: unknown kind")
                }
                blob.kind = kind
            }
            let (end, overflow) = blob.offset.addingReportingOverflow(blob.storedLength)
            guard !overflow else { throw FormatError(.malformed, "cached index: a blob beyond 4 GiB") }
            offset = end
            batch.append(blob)
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private(set) var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        var remainingByteCount: Int { bytes.count - position }
        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
            guard count <= remainingByteCount else { throw FormatError(.truncated, "cached index: ends early") }
            defer { position += count }
            return bytes[position..<(position + count)]
        }

        mutating func byte() throws(FormatError) -> UInt8 {
            guard position < bytes.count else { throw FormatError(.truncated, "cached index: ends early") }
            defer { position += 1 }
            return bytes[position]
        }

        mutating func number() throws(FormatError) -> UInt32 {
            guard remainingByteCount >= 4 else { throw FormatError(.truncated, "cached index: ends early") }
            var value: UInt32 = 0
            for place in 0..<4 { value |= UInt32(bytes[position + place]) << UInt32(8 * place) }
            position += 4
            return value
        }

        mutating func digest() throws(FormatError) -> Digest256 {
            guard remainingByteCount >= Digest256.byteCount,
                let digest = Digest256(bytes: bytes.span.extracting(position..<(position + Digest256.byteCount)))
            else { throw FormatError(.truncated, "cached index: ends early") }
            position += Digest256.byteCount
            return digest
        }
    }
}
