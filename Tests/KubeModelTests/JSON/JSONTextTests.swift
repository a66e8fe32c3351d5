// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import Testing

@Suite("JSON text")
struct JSONTextTests {
    @Test(
        "what is read is written back the same, digits, order and unknown members included",
        arguments: [
            #"{"b":1,"a":[true,false,null,{"":""}],"z":-0.10e+5}"#,
            "12345678901234567890123456789.000",
            #"{"n":9223372036854775807,"m":-9223372036854775808,"u":18446744073709551615}"#,
            #""\"\\/\n\r\t\u0001é漢😀""#,
            "[]",
            "{}",
            "[[[[]]]]",
        ]
    )
    func roundTrip(_ text: String) throws {
        #expect(JSONText.string(of: try JSONText.parse(text)) == text)
    }

    @Test(
        "escapes are decoded, and what is no Unicode becomes U+FFFD",
        arguments: [
            (#""\u00e9\/\b\f""#, "é/\u{8}\u{c}"),
            (#""\ud83d\ude00""#, "😀"),
            (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ]
    )
    func escapes(_ text: String, _ expected: String) throws {
        #expect(try JSONText.parse(text).string == expected)
    }

    @Test(
        "text that is no JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "-", "nul", "\"", "\"\\x\"",
            "\"\u{1}\"",
            "{a:1}", "[1 2]", "1 2", "{\"a\":1}}", "\"\\u12g4\"", "'a'", "NaN", "\u{FEFF}1",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: JSONError.self) { try JSONText.parse(text) }
    }

    @Test("nesting is bounded")
    func depth() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(JSONText.string(of: try JSONText.parse(deep)) == deep)
        let error = try #require(throws: JSONError.self) {
            try JSONText.parse(String(repeating: "{\"a\":", count: 1_000_000))
        }
        #expect(error.code == .tooLarge)
    }

    @Test("a large object with equal names takes no quadratic time, and the last value wins")
    func manyMembers() throws {
        let text = "{" + (0..<100_000).map { "\"k\($0 % 50_000)\":\($0)" }.joined(separator: ",") + "}"
        let object = try #require(try JSONText.parse(text).object)
        #expect(object.count == 50_000)
        #expect(object["k7"]?.int == 50_007)
    }

    @Test("damaged text is read or refused, never a crash; what is read survives another round")
    func damagedFuzz() throws {
        let original = Array(
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":"b\u00e9"}},"n":[1,2.5e-3,-7,null,true]}"#.utf8
        )
        for seed in 0..<UInt64(FuzzCases.count(standard: 3000)) {
            var generator = SplitMixGenerator(seed: seed)
            let bytes = FuzzCases.damaged(
                original,
                tokens: [#"\u"#, "{", "]", "1e999", "\"", "\\"],
                using: &generator
            )
            guard let value = try? JSONText.parse(bytes) else { continue }
            let again = try JSONText.parse(JSONText.bytes(of: value))
            #expect(again == value, "seed \(seed)")
        }
    }
}
