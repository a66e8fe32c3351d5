// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

/// Known answers: FIPS 180-4 and RFC 4231 examples; BLAKE2b-256 values computed with CPython's hashlib.
@Suite("Hash known answers")
struct HashVectorTests {
    private static let millionLetters = [UInt8](repeating: 0x61, count: 1_000_000)

    @Test(
        "SHA-256 of the standard's messages",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func sha256(message: String, digest: String) {
        #expect(SHA256.digest(Array(message.utf8).span).hex == digest)
        #expect(SHA256Hasher().digest(Array(message.utf8).span).hex == digest)
    }

    @Test("SHA-256 of a million letters, whole and in uneven pieces, with one hasher")
    func sha256Streaming() {
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let message = Self.millionLetters
        let hasher = SHA256Hasher()
        for step in [1 << 20, 65_537, 4_099, 63] {
            var position = 0
            while position < message.count {
                let end = min(position + step, message.count)
                hasher.update(message.span.extracting(position..<end))
                position = end
            }
            #expect(hasher.finalize().hex == expected)
        }
        hasher.update(message.span)
        hasher.reset()
        #expect(hasher.finalize().hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(
        "HMAC-SHA-256 of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func hmac(key: [UInt8], message: String, code: String) {
        #expect(HMACSHA256.authenticate(Array(message.utf8).span, key: key.span).hex == code)
    }

    @Test(
        "BLAKE2b-256 without and with a key",
        arguments: [
            (0, 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            (0, 1280, "82628cbfc9689e234b0923a531f4578fe2e7138a03e2f81ed6cde97517336650"),
            (64, 0, "2fa9fbd9be36437de204e139e97d402bce68c828f43391608c891b5faed8a98a"),
            (64, 255, "fe7b76a61787c089141f9e10fca1e5092488d89c62ea793fb2c5b1f849b4f2cb"),
        ]
    )
    func blake2b(keyByteCount: Int, messageByteCount: Int, digest: String) throws {
        let key = (0..<keyByteCount).map { UInt8(truncatingIfNeeded: $0) }
        let message = (0..<messageByteCount).map { UInt8(truncatingIfNeeded: $0) }
        let hasher = keyByteCount == 0 ? BLAKE2bHasher() : try BLAKE2bHasher(key: key.span)
        for _ in 0..<2 {
            hasher.update(message.span)
            #expect(hasher.finalize().hex == digest)
        }
        for byte in message { hasher.update([byte].span) }
        #expect(hasher.finalize().hex == digest)
    }

    @Test("hashing many pieces at once gives the digests of each alone")
    func several() {
        var generator = SplitMixGenerator(seed: 9)
        let bytes = generator.bytes(20_000)
        var pieces = (0..<260).map { $0..<(2 * $0) }
        for _ in 0..<100 {
            let start = Int(generator.next() % 20_000)
            pieces.append(start..<min(20_000, start + Int(generator.next() % 8192)))
        }
        for count in [0, 1, 2, 3, pieces.count] {
            let digests = SHA256.digests(of: bytes.span, pieces: Array(pieces[..<count]))
            #expect(digests == pieces[..<count].map { SHA256.digest(bytes.span.extracting($0)) })
        }
        let pair = SHA256.digests(bytes.span.extracting(..<7000), bytes.span.extracting(7000..<7000))
        #expect(pair.0 == SHA256.digest(bytes.span.extracting(..<7000)))
        #expect(pair.1.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("BLAKE2b refuses keys of 0 or more than 64 bytes", arguments: [0, 65])
    func blake2bKeyLength(count: Int) {
        let key = [UInt8](repeating: 1, count: count)
        #expect(throws: TransformError.self) { _ = try BLAKE2bHasher(key: key.span) }
    }
}
