// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("JSONWriter")
struct JSONWriterTests {
    private func text(_ dialect: JSONDialect = .current, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(dialect: dialect)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("separates members, elements and nested values")
    func structure() {
        let written = text { writer in
            writer.beginObject()
            writer.key("a")
            writer.value(UInt64.max)
            writer.key("b")
            writer.beginArray()
            writer.value(Int64.min)
            writer.beginObject()
            writer.endObject()
            writer.null()
            writer.value(true)
            writer.value(false)
            writer.beginArray()
            writer.endArray()
            writer.endArray()
            writer.key("c")
            writer.raw(Array(#"{"x": 1}"#.utf8).span)
            writer.endObject()
            writer.newline()
        }
        #expect(
            written
                == #"{"a":18446744073709551615,"b":[-9223372036854775808,{},null,true,false,[]],"c":{"x": 1}}"# + "\n"
        )
    }

    @Test(
        "escapes strings like Go",
        arguments: [
            ([0x22, 0x5c, 0x2f], #""\"\\/""#),
            ([0x0a, 0x0d, 0x09], #""\n\r\t""#),
            ([0x08, 0x0c], #""\b\f""#),
            ([0x00, 0x1f, 0x7f], "\"\\u0000\\u001f\u{7f}\""),
            (Array("<a>&</a>".utf8), #""\u003ca\u003e\u0026\u003c/a\u003e""#),
            (Array("\u{2028}\u{2029}\u{202a}".utf8), "\"\\u2028\\u2029\u{202a}\""),
            ([0x74, 0xff, 0x74], #""t\ufffdt""#),
            ([0xed, 0xa0, 0x80], #""\ufffd\ufffd\ufffd""#),
            ([0xc0, 0x80], #""\ufffd\ufffd""#),
            ([0xe2, 0x82], #""\ufffd\ufffd""#),
            (Array("é€😀".utf8), "\"é€😀\""),
        ] as [([UInt8], String)]
    )
    func strings(bytes: [UInt8], expected: String) {
        #expect(text { $0.string(bytes.span) } == expected)
    }

    @Test("writes backspace and form feed as 0.14 does on request")
    func oldDialect() {
        #expect(text(.restic014) { $0.string("\u{08}\u{0c}") } == #""\u0008\u000c""#)
    }

    @Test(
        "pads Base64",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("\u{fb}\u{ff}", "w7vDvw=="),
        ]
    )
    func base64(plain: String, encoded: String) throws {
        let bytes = Array(plain.utf8)
        #expect(text { $0.base64(bytes.span) } == "\"\(encoded)\"")
        var reader = JSONReader(Array("\"\(encoded)\"".utf8))
        #expect(try reader.readBase64() == bytes)
    }

    @Test("hands over its buffer in the middle of a value")
    func takeBytes() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(1)
        let first = writer.takeBytes()
        writer.value(20)
        writer.endArray()
        #expect(String(decoding: first + writer.bytes, as: UTF8.self) == "[1,20]")
    }
}
