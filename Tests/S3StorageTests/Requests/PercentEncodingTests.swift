// SPDX-License-Identifier: Apache-2.0

import S3Storage
import TestSupport
import Testing

@Suite struct PercentEncodingTests {
    @Test func leavesTheUnreservedAlone() {
        let text = "AZaz09-._~"
        #expect(PercentEncoding.encode(text) == text)
        #expect(PercentEncoding.encodePath("a/b") == "a/b")
        #expect(PercentEncoding.encode("a/b") == "a%2Fb")
    }

    @Test func encodesTheRestByByte() {
        #expect(PercentEncoding.encode(" +=&?*!é") == "%20%2B%3D%26%3F%2A%21%C3%A9")
        #expect(PercentEncoding.query([("b", "1 2"), ("a", nil), ("c", "")]) == "b=1%202&a&c=")
    }

    @Test func decodes() {
        #expect(PercentEncoding.decode("a%20b+c") == Array("a b+c".utf8))
        #expect(PercentEncoding.decode("a%20b+c", plusIsSpace: true) == Array("a b c".utf8))
        #expect(PercentEncoding.decode("%c3%A9") == Array("é".utf8))
        for broken in ["%", "%2", "a%zz", "%2"] { #expect(PercentEncoding.decode(broken) == nil) }
    }

    @Test func decodesWhatItEncodes() {
        var generator = SplitMixGenerator(seed: 7)
        for count in 0..<64 {
            let text = String(decoding: generator.bytes(count), as: UTF8.self)
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == Array(text.utf8))
            #expect(PercentEncoding.decode(PercentEncoding.encodePath(text)) == Array(text.utf8))
        }
    }
}
