// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

/// Damaged bytes give typed errors or harmless values, never a trap; `FUZZ_CASES` sets how many are tried.
///
/// Damage is done twice: to the stored bytes, which authentication must catch, and to the plaintext before it is sealed,
/// which is what a malicious holder of the key could do.
@Suite("Envelope fuzz")
struct EnvelopeFuzzTests {
    private static let cases = FuzzCases.count(standard: 3000)
    private static let tokens = [
        "-1", "1e9", "9223372036854775807", "99999999999999999999", "null", "\"\"", "{", "[", "\\u0000", "===",
    ]

    private let key: CipherKey
    private let cipher: MessageCipher
    private let vector = InitializationVector(high: 3, low: 4)

    init() throws {
        var generator = SplitMixGenerator(seed: 71)
        key = try CipherKey.random(using: &generator)
        cipher = try MessageCipher(key: key)
    }

    @Test("pack header")
    func packHeader() throws {
        var generator = SplitMixGenerator(seed: 72)
        let entries = PackHeaderTests.entries(6, using: &generator)
        let plaintext = PackHeader.plaintext(of: entries)
        for index in 0..<Self.cases {
            let damaged = FuzzCases.damaged(plaintext, using: &generator)
            if let found = try? PackHeader.entries(plaintext: damaged.span) {
                #expect(PackHeader.plaintext(of: found) == damaged, "case \(index)")
            }
            var tail: [UInt8] = []
            cipher.seal(damaged.span, iv: vector, appendingTo: &tail)
            for place in 0..<4 { tail.append(UInt8(truncatingIfNeeded: (damaged.count + 32) >> (8 * place))) }
            let damagedTail = FuzzCases.damaged(tail, using: &generator)
            let packByteCount = Int(truncatingIfNeeded: generator.next() >> (generator.next() % 64))
            for size in [packByteCount, PackHeader.packByteCount(of: entries)] {
                _ = try? PackHeader.read(tail: tail.span, packByteCount: size, cipher: cipher)
                _ = try? PackHeader.read(tail: damagedTail.span, packByteCount: size, cipher: cipher)
            }
        }
    }

    @Test("key file and master key")
    func keyFile() throws {
        var generator = SplitMixGenerator(seed: 73)
        let file = try KeyFileTests.make(key, password: "p", using: &generator)
        let json = file.json()
        let keyJSON = key.json()
        for index in 0..<Self.cases {
            let damaged = FuzzCases.damaged(json, tokens: Self.tokens, using: &generator)
            if let decoded = try? KeyFile(json: damaged) {
                #expect(try KeyFile(json: decoded.json()) == decoded, "case \(index)")
            }
            _ = try? CipherKey(json: FuzzCases.damaged(keyJSON, tokens: Self.tokens, using: &generator))
        }
    }

    @Test("config")
    func config() throws {
        var generator = SplitMixGenerator(seed: 74)
        let config = RepositoryConfig(version: .v2, using: &generator)
        let json = config.json()
        let file = config.file(cipher: cipher, iv: vector)
        for index in 0..<Self.cases {
            let damaged = FuzzCases.damaged(json, tokens: Self.tokens, using: &generator)
            if let decoded = try? RepositoryConfig(json: damaged) {
                #expect(try RepositoryConfig(json: decoded.json()) == decoded, "case \(index)")
            }
            let damagedFile = FuzzCases.damaged(file, using: &generator)
            if damagedFile != file {
                #expect(throws: FormatError.self) { try RepositoryConfig(file: damagedFile.span, cipher: cipher) }
            }
        }
    }

    @Test("sealed message")
    func sealedMessage() throws {
        var generator = SplitMixGenerator(seed: 75)
        for index in 0..<Self.cases {
            let plaintext = generator.bytes(Int(generator.next() % 200))
            var sealed: [UInt8] = []
            cipher.seal(plaintext.span, iv: InitializationVector(using: &generator), appendingTo: &sealed)
            let damaged = FuzzCases.damaged(sealed, using: &generator)
            var opened: [UInt8] = []
            let isOpen = (try? cipher.open(damaged.span, appendingTo: &opened)) != nil
            #expect(isOpen == (damaged == sealed), "case \(index)")
            #expect(opened == (isOpen ? plaintext : []), "case \(index)")
        }
    }

    @Test("zstd frame, within its bound")
    func zstdFrame() throws {
        var generator = SplitMixGenerator(seed: 76)
        let decompressor = ZstdDecompressor()
        var frames: [[UInt8]] = []
        for level in [1, 3, 7, 11] {
            let compressor = ZstdCompressor(level: level)
            let text = Array(String(repeating: "names and more names, \(level) ", count: 40).utf8) + generator.bytes(50)
            var frame: [UInt8] = []
            try compressor.compress(text.span, appendingTo: &frame)
            frames.append(frame)
            var pieces: [UInt8] = []
            try compressor.update(text.span, appendingTo: &pieces)
            try compressor.finish(appendingTo: &pieces)
            frames.append(pieces)
        }
        for index in 0..<Self.cases {
            let damaged = FuzzCases.damaged(frames[index % frames.count], using: &generator)
            let maximum = Int(generator.next() % 3000)
            var output: [UInt8] = [1]
            do {
                try decompressor.decompress(damaged.span, maximumByteCount: maximum, appendingTo: &output)
                #expect(output.count <= maximum + 1, "case \(index)")
            } catch {
                #expect(output == [1], "case \(index)")
            }
        }
    }

    @Test("unpacked file")
    func unpackedFile() throws {
        var generator = SplitMixGenerator(seed: 77)
        let decompressor = ZstdDecompressor()
        let json = Array(#"{"packs":[{"id":"x"}]}"#.utf8)
        var plaintext: [UInt8] = [2]
        try ZstdCompressor(level: 3).compress(json.span, appendingTo: &plaintext)
        for index in 0..<Self.cases {
            var file: [UInt8] = []
            let damaged = FuzzCases.damaged(index % 2 == 0 ? plaintext : json, using: &generator)
            cipher.seal(damaged.span, iv: vector, appendingTo: &file)
            let damagedFile = FuzzCases.damaged(file, using: &generator)
            for (bytes, version) in [(file, RepositoryVersion.v2), (file, .v1), (damagedFile, .v2)] {
                let read = try? UnpackedFile.json(
                    file: bytes.span,
                    version: version,
                    maximumByteCount: 4096,
                    decompressor: decompressor,
                    cipher: cipher
                )
                #expect((read?.count ?? 0) <= 4096, "case \(index)")
            }
        }
    }
}
