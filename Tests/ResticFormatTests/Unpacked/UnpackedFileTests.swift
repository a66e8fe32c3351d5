// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

@Suite("UnpackedFile")
struct UnpackedFileTests {
    private let cipher: MessageCipher
    private let decompressor = ZstdDecompressor()

    init() throws {
        var generator = SplitMixGenerator(seed: 61)
        cipher = try MessageCipher(key: .random(using: &generator))
    }

    @Test(
        "gives back the JSON, compressed or not",
        arguments: ["{}", "[]", #"{"packs":[\#(String(repeating: "0,", count: 5000))0]}"#]
    )
    func roundTrip(json: String) throws {
        let bytes = Array(json.utf8)
        let compressed = try file(bytes, compressor: ZstdCompressor(level: 3))
        let plain = try file(bytes, compressor: nil)
        #expect(try self.json(compressed, .v2) == bytes)
        #expect(try self.json(plain, .v2) == bytes)
        #expect(try self.json(plain, .v1) == bytes)
        #expect(failure(compressed, .v1) == .malformed)
        #expect(failure(compressed, .v2, maximum: bytes.count - 1) == .tooLarge)
        #expect(failure(plain, .v2, maximum: bytes.count - 1) == .tooLarge)
    }

    @Test(
        "refuses other contents",
        arguments: [
            ([UInt8](), FormatError.Code.truncated), ([1], .unsupported), ([0x20, 0x7b], .unsupported),
            ([2, 0xff], .malformed), ([2, 0x28], .truncated),
        ]
    )
    func otherContents(plaintext: [UInt8], code: FormatError.Code) throws {
        #expect(failure(try file(plaintext, compressor: nil), .v2) == code)
    }

    private func file(_ json: [UInt8], compressor: ZstdCompressor?) throws -> [UInt8] {
        var file: [UInt8] = []
        let iv = InitializationVector(high: 1, low: 2)
        try UnpackedFile.append(json.span, to: &file, compressor: compressor, cipher: cipher, iv: iv)
        return file
    }

    private func json(
        _ file: [UInt8],
        _ version: RepositoryVersion,
        maximum: Int = 1 << 20
    ) throws(FormatError) -> [UInt8] {
        try UnpackedFile.json(
            file: file.span,
            version: version,
            maximumByteCount: maximum,
            decompressor: decompressor,
            cipher: cipher
        )
    }

    private func failure(_ file: [UInt8], _ version: RepositoryVersion, maximum: Int = 1 << 20) -> FormatError.Code? {
        do {
            _ = try json(file, version, maximum: maximum)
            return nil
        } catch {
            return error.code
        }
    }
}
