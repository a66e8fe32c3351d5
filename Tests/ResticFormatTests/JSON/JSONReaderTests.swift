// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("JSONReader")
struct JSONReaderTests {
    private enum Member: String, CaseIterable { case id, type, longest = "uncompressed_length" }
    private static let members = JSONMembers(Member.self)

    @Test("follows nested structure and skips unknown members")
    func structure() throws {
        var reader = JSONReader(
            Array(#" { "type" : 7 , "x":{"y":[1,2,{"z":null}]}, "id":"a\u0062", "uncompressed_length":1} "#.utf8)
        )
        var seen: [String] = []
        try reader.beginObject()
        while try reader.nextKey() {
            switch reader.member(of: Self.members) {
            case .id: seen.append(try reader.readText())
            case .type: seen.append("\(try reader.readUInt64())")
            case .longest: seen.append("\(try reader.readInt64())")
            case nil:
                seen.append(String(decoding: reader.keyBytes(), as: UTF8.self))
                seen.append(String(decoding: try reader.captureValue(), as: UTF8.self))
            }
        }
        try reader.finish()
        #expect(seen == ["7", "x", #"{"y":[1,2,{"z":null}]}"#, "ab", "1"])
    }

    @Test("recognises a key that is written with escapes")
    func escapedKey() throws {
        var reader = JSONReader(Array(#"{"\u0069d":1}"#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey())
        #expect(reader.member(of: Self.members) == .id)
        #expect(reader.keyBytes() == Array("id".utf8))
    }

    @Test(
        "decodes strings like Go",
        arguments: [
            (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{08}\u{0c}\n\r\t"),
            (#""\u00e9\u20ac\ud83d\ude00""#, "é€😀"),
            (#""\ud83dx\ude00\ud83d\ud83d\ude00""#, "\u{fffd}x\u{fffd}\u{fffd}😀"), ("\"é€😀\"", "é€😀"),
        ]
    )
    func strings(json: String, expected: String) throws {
        var reader = JSONReader(Array(json.utf8))
        #expect(try reader.readString() == Array(expected.utf8))
        try reader.finish()
        var textReader = JSONReader(Array(json.utf8))
        #expect(try textReader.readText() == expected)
    }

    @Test("replaces bytes that are not UTF-8")
    func invalidUTF8() throws {
        var reader = JSONReader([0x22, 0x61, 0xff, 0xc3, 0x22])
        #expect(try reader.readText() == "a\u{fffd}\u{fffd}")
    }

    @Test(
        "accepts well-formed text",
        arguments: [
            "0", "-0", "-1.5e+10", "1E5", "[]", "{}", "[[],{}]", "true", "false", "null", " [ 1 , 2 ] \n", "[-1]",
        ]
    )
    func accepts(json: String) throws {
        var reader = JSONReader(Array(json.utf8))
        try reader.skipValue()
        try reader.finish()
    }

    @Test(
        "refuses malformed text",
        arguments: [
            "", " ", "{", "[", "[1,]", "{,}", "[,1]", "[1 2]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{1:2}", "01", "-",
            "1.", ".5",
            "1e", "+1", "tru", "nul", "truex", #"""#, #""\x""#, #""\u12""#, #""\u12g4""#, "\"\n\"", "[1}", "{]", "]",
            "nan", "[1]]",
            #""\"#, "-01", "00",
        ]
    )
    func refuses(json: String) {
        #expect(throws: FormatError.self) {
            var reader = JSONReader(Array(json.utf8))
            try reader.skipValue()
            try reader.finish()
        }
    }

    @Test("reads numbers at the limits of their types")
    func numbers() throws {
        var reader = JSONReader(
            Array("[18446744073709551615,9223372036854775807,-9223372036854775808,4294967295,-2.5]".utf8)
        )
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readUInt64() == .max)
        #expect(try reader.nextElement())
        #expect(try reader.readInt64() == .max)
        #expect(try reader.nextElement())
        #expect(try reader.readInt64() == .min)
        #expect(try reader.nextElement())
        #expect(try reader.readUInt32() == .max)
        #expect(try reader.nextElement())
        #expect(try reader.readDouble() == -2.5)
        #expect(try !reader.nextElement())
        try reader.finish()
    }

    @Test("refuses numbers beyond their types", arguments: ["18446744073709551616", "-1", "1.0", "1e3", "x", "", "00"])
    func numbersBeyond(json: String) {
        var reader = JSONReader(Array(json.utf8))
        #expect(throws: FormatError.self) { try reader.readUInt64() }
        var narrow = JSONReader(Array("4294967296".utf8))
        #expect(throws: FormatError.self) { try narrow.readUInt32() }
        var signed = JSONReader(Array("9223372036854775808".utf8))
        #expect(throws: FormatError.self) { try signed.readInt64() }
    }

    @Test("limits nesting")
    func depth() {
        let limit = JSONReader.defaultMaximumDepth
        func skip(_ levels: Int) throws {
            var reader = JSONReader([UInt8](repeating: 0x5b, count: levels) + [UInt8](repeating: 0x5d, count: levels))
            try reader.skipValue()
        }
        #expect(throws: Never.self) { try skip(limit) }
        #expect(throws: FormatError.self) { try skip(limit + 1) }
        #expect(throws: FormatError.self) { try skip(1_000_000) }
    }

    @Test("reads ids, also when written with escapes, and nothing else")
    func ids() throws {
        let hex = String(repeating: "0f", count: 32)
        var plain = JSONReader(Array("\"\(hex)\"".utf8))
        #expect(try plain.readID(BlobNaming.self).hex == hex)
        var escaped = JSONReader(Array("\"\\u0030\(hex.dropFirst())\"".utf8))
        #expect(try escaped.readID(BlobNaming.self).hex == hex)
        for bad in ["\"\(hex.uppercased())\"", "\"\(hex)0\"", "\"\(hex.dropFirst())\"", "\"\(hex)", "1"] {
            var reader = JSONReader(Array(bad.utf8))
            #expect(throws: FormatError.self) { try reader.readID(BlobNaming.self) }
        }
    }

    @Test(
        "refuses Base64 that is not padded or has other characters",
        arguments: ["Z", "Zg", "Zg=", "Zg===", "=", "Zm9v=", "Zm-v", "Zg==Zg=="]
    )
    func badBase64(text: String) {
        var reader = JSONReader(Array("\"\(text)\"".utf8))
        #expect(throws: FormatError.self) { try reader.readBase64() }
    }
}
