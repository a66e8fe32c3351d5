// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// The envelope of snapshots, indexes and locks: sealed JSON, compressed since format version 2.
package enum UnpackedFile {
    /// First plaintext byte of the compressed form.
    private static let compressedMarker: UInt8 = 2

    /// Appends the file holding `json` to `output`.
    ///
    /// - Parameters:
    ///   - compressor: Used for version 2; nil writes plain JSON, which every version reads.
    ///   - iv: Never used before under this key.
    /// - Throws: ``FormatError`` with `.unsupported` when compression runs out of memory.
    package static func append(
        _ json: Span<UInt8>,
        to output: inout [UInt8],
        compressor: ZstdCompressor?,
        cipher: MessageCipher,
        iv: InitializationVector
    ) throws(FormatError) {
        guard let compressor else {
            cipher.seal(json, iv: iv, appendingTo: &output)
            return
        }
        var plaintext = [compressedMarker]
        do {
            try compressor.compress(json, appendingTo: &plaintext)
        } catch {
            throw FormatError(error, reading: "file to be written")
        }
        cipher.seal(plaintext.span, iv: iv, appendingTo: &output)
    }

    /// Opens a file and returns its JSON.
    ///
    /// - Parameters:
    ///   - maximumByteCount: Most bytes the JSON may have.
    ///   - version: Of the repository; version 1 knows no compressed form.
    /// - Throws: ``FormatError``: `.notAuthentic` for a wrong key or changed bytes, `.tooLarge` beyond the maximum,
    ///   `.unsupported` for an unknown marker, `.truncated` or `.malformed` otherwise.
    package static func json(
        file: Span<UInt8>,
        version: RepositoryVersion,
        maximumByteCount: Int,
        decompressor: ZstdDecompressor,
        cipher: MessageCipher
    ) throws(FormatError) -> [UInt8] {
        var plaintext: [UInt8] = []
        do {
            try cipher.open(file, appendingTo: &plaintext)
        } catch {
            throw FormatError(error, reading: "file")
        }
        if version == .v1 || plaintext.first != compressedMarker {
            return try plain(plaintext, version: version, maximumByteCount: maximumByteCount)
        }
        var json: [UInt8] = []
        do {
            try decompressor.decompress(
                plaintext.span.extracting(1...),
                maximumByteCount: maximumByteCount,
                appendingTo: &json
            )
        } catch {
            throw FormatError(error, reading: "file")
        }
        return json
    }

    private static func plain(
        _ plaintext: [UInt8],
        version: RepositoryVersion,
        maximumByteCount: Int
    ) throws(FormatError) -> [UInt8] {
        guard plaintext.count <= maximumByteCount else {
            throw FormatError(.tooLarge, "file: holds more than \(maximumByteCount) bytes")
        }
        switch plaintext.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return plaintext
        case nil: throw FormatError(.truncated, "file: holds nothing")
        case _ where version == .v1: throw FormatError(.malformed, "file: does not hold JSON")
        case let marker?: throw FormatError(.unsupported, "file: plaintext marker \(marker) is not known")
        }
    }
}
