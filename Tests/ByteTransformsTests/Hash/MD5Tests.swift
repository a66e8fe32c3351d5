// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Testing

@Suite struct MD5Tests {
    /// RFC 1321, appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ])
    func digestsThePublishedTexts(text: String, expected: String) {
        #expect(hex(MD5.digest(Array(text.utf8).span)) == expected)
    }

    @Test func doesNotDependOnHowTheMessageIsCut() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = MD5.digest(message.span)
        for cut in [1, 63, 64, 65, 127, 500, 999] {
            var hasher = MD5()
            hasher.update(message.span.extracting(0..<cut))
            hasher.update(message.span.extracting(cut..<1000))
            #expect(hasher.finalize() == whole)
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
