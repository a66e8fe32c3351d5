// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

@Suite("MessageCipher")
struct MessageCipherTests {
    private static let countingKey = (0..<64).map { UInt8($0) }

    /// Ciphertexts computed with pyca/cryptography under key 00…1f; the first two make the counter carry.
    @Test(
        "counts through all 128 bits of the initialization vector",
        arguments: [
            (
                "ffffffffffffffffffffffffffffffff",
                "e999e41d4ca770da5387117b5d8f57eef29000b62a499fd0a9f39a6add2e7780f05d76ae4ab99fe5a6f69b3148c2363d"
            ),
            (
                "0000000000000001ffffffffffffffff",
                "30370edbe874767d801f02c24a01a08cb96b47bb7c941b58e4dcfb800d4fcc861e1d4a454fe9e78bcb2dea54a02142db"
            ),
            (
                "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                "9200cd8d239680cb5a69e65440326314ca5f7b40f12a34c16ea755214a77868e996c215b1418f598788520109554f28f"
            ),
        ]
    )
    func counterCarry(iv: String, ciphertext: String) throws {
        let cipher = try MessageCipher(key: CipherKey(bytes: Self.countingKey.span))
        let ivBytes = [UInt8](hex: iv)
        let parsed = InitializationVector(bytes: ivBytes.span)
        let vector = try #require(parsed)
        var sealed: [UInt8] = []
        let zeros = [UInt8](repeating: 0, count: 48)
        cipher.seal(zeros.span, iv: vector, appendingTo: &sealed)
        #expect(sealed[..<16].map { $0 } == [UInt8](hex: iv))
        #expect(sealed[16..<64].map { $0 } == [UInt8](hex: ciphertext))
        #expect(sealed.count == 80)
    }

    /// Poly1305 of RFC 8439 §2.5.2 (its `s` turned into a nonce by inverting AES) and Poly1305-AES of Bernstein's paper, appendix B.
    @Test(
        "authenticates as Poly1305-AES does",
        arguments: [
            (
                "202122232425262728292a2b2c2d2e2f", "85d6be7857556d337f4452fe42d506a8",
                "db27b088548b575f3f2eebb2a7bbd213",
                "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
                "a8061dc1305136c6c22b8baf0c0127a9"
            ),
            (
                "ec074c835580741701425b623235add6", "851fc40c3467ac0be05cc20404f3f700",
                "fb447350c4e868c52ac3275cf9d4327e",
                "f3f6", "f4c633c3044fc145f84f335cb81953de"
            ),
            (
                "75deaa25c09f208e1dc4ce6b5cad3fbf", "a0f3080000f46400d0c7e9076c834403",
                "61ee09218d29b0aaed7e154a2c5509cc",
                "", "dd3fab2251f11ac759f0887129cc2ee7"
            ),
            (
                "6acb5f61a7176dd320c5c1eb2edcdc74", "48443d0bb0d21109c89a100b5ce2c208",
                "ae212a55399729595dea458bc621ff0e",
                "663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136",
                "0ee1c16bb73f0f4fd19881753c01cdbe"
            ),
        ]
    )
    func macVectors(macKey: String, macR: String, nonce: String, message: String, code: String) throws {
        let keyBytes = Array(1...32) + [UInt8](hex: macKey) + [UInt8](hex: macR)
        let key = try CipherKey(bytes: keyBytes.span)
        let cipher = try MessageCipher(key: key)
        let sealed = [UInt8](hex: nonce + message + code)
        var opened: [UInt8] = []
        try cipher.open(sealed.span, appendingTo: &opened)
        #expect(opened.count == sealed.count - 32)
    }

    @Test("opens what it sealed, appending, for many lengths with one instance")
    func roundTrip() throws {
        var generator = SplitMixGenerator(seed: 11)
        let cipher = try MessageCipher(key: .random(using: &generator))
        var sealed: [UInt8] = []
        for count in [0, 1, 15, 16, 17, 31, 63, 64, 65, 4096, 100_003] {
            let plaintext = generator.bytes(count)
            sealed.removeAll(keepingCapacity: true)
            sealed.append(0xee)
            cipher.seal(plaintext.span, iv: InitializationVector(using: &generator), appendingTo: &sealed)
            #expect(sealed.count == count + MessageCipher.overheadByteCount + 1)
            var opened: [UInt8] = [1, 2, 3]
            try cipher.open(sealed.span.extracting(1...), appendingTo: &opened)
            #expect(opened == [1, 2, 3] + plaintext)
        }
    }

    @Test("refuses every single-bit change, every truncation and another key")
    func tampering() throws {
        var generator = SplitMixGenerator(seed: 12)
        let cipher = try MessageCipher(key: .random(using: &generator))
        let other = try MessageCipher(key: .random(using: &generator))
        var sealed: [UInt8] = []
        let plaintext = generator.bytes(20)
        cipher.seal(plaintext.span, iv: InitializationVector(using: &generator), appendingTo: &sealed)
        #expect(failure(other, sealed) == .notAuthentic)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(failure(cipher, changed) == .notAuthentic)
        }
        for count in sealed.indices {
            #expect(failure(cipher, Array(sealed[..<count])) == (count < 32 ? .truncated : .notAuthentic))
        }
    }

    @Test("refuses an all-zero initialization vector")
    func zeroVector() throws {
        let cipher = try MessageCipher(key: CipherKey(bytes: Self.countingKey.span))
        #expect(failure(cipher, [UInt8](repeating: 0, count: 40)) == .malformed)
    }

    @Test("a key must have 64 bytes and no all-zero part", arguments: [0..<32, 32..<48, 48..<64])
    func weakKeys(zeroed: Range<Int>) {
        var bytes = Self.countingKey
        for index in zeroed { bytes[index] = 0 }
        #expect(throws: TransformError.self) { _ = try CipherKey(bytes: bytes.span) }
        #expect(throws: TransformError.self) { _ = try CipherKey(bytes: Self.countingKey.span.extracting(..<63)) }
    }

    private func failure(_ cipher: MessageCipher, _ message: [UInt8]) -> TransformError.Code? {
        var output: [UInt8] = [7]
        do {
            try cipher.open(message.span, appendingTo: &output)
            return nil
        } catch {
            return output == [7] ? error.code : nil
        }
    }

    @Test("a sealed message is recognised as that of its plaintext and of no other", arguments: [0, 1, 16_384, 40_000])
    func recognition(byteCount: Int) throws {
        let cipher = try MessageCipher(key: CipherKey(bytes: Self.countingKey.span))
        func opens(_ message: [UInt8], to plaintext: [UInt8]) throws -> Bool {
            try cipher.opens(message.span, to: plaintext.span)
        }
        var generator = SplitMixGenerator(seed: 7)
        let plaintext = generator.bytes(byteCount)
        let ivBytes = [UInt8](repeating: 9, count: 16)
        let parsed = InitializationVector(bytes: ivBytes.span)
        let vector = try #require(parsed)
        var sealed: [UInt8] = []
        cipher.seal(plaintext.span, iv: vector, appendingTo: &sealed)
        #expect(try opens(sealed, to: plaintext))
        #expect(try !opens(sealed, to: plaintext + [0]))
        if let last = plaintext.last { #expect(try !opens(sealed, to: plaintext.dropLast() + [last ^ 1])) }
        sealed[sealed.count - 1] ^= 1
        #expect(throws: TransformError.self) { try opens(sealed, to: plaintext) }
    }
}
