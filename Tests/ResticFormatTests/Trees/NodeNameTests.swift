// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ResticFormat

@Suite("NodeName")
struct NodeNameTests {
    private func quote(_ name: [UInt8], _ dialect: JSONDialect = .current) -> String {
        var output: [UInt8] = []
        NodeName.append(name.span, to: &output, dialect: dialect)
        return String(decoding: output, as: UTF8.self)
    }

    private func unquote(_ json: String) throws -> [UInt8]? {
        var reader = JSONReader(Array("\"\(json)\"".utf8))
        return NodeName.decode(try reader.readString())
    }

    @Test(
        "quotes like Go and then like JSON",
        arguments: [
            (Array("plain name.txt".utf8), "plain name.txt"),
            (Array("bad".utf8) + [0xff], #"bad\\xff"#),
            ([0x09], #"\\t"#), ([0x22], #"\\\""#), ([0x5c], #"\\\\"#),
            ([0x07, 0x08, 0x0c, 0x0a, 0x0d, 0x0b], #"\\a\\b\\f\\n\\r\\v"#),
            ([0x01, 0x1f, 0x7f], #"\\x01\\x1f\\x7f"#),
            (Array("a<b>&c".utf8), #"a\u003cb\u003e\u0026c"#),
            (Array("é€😀e\u{301}".utf8), "é€😀e\u{301}"),
            (Array("\u{a0}\u{ad}\u{2028}\u{feff}\u{e000}".utf8), #"\\u00a0\\u00ad\\u2028\\ufeff\\ue000"#),
            (Array("\u{e0001}\u{10ffff}".utf8), #"\\U000e0001\\U0010ffff"#),
            ([0xed, 0xa0, 0x80], #"\\xed\\xa0\\x80"#), ([0xc0, 0x80], #"\\xc0\\x80"#),
            (Array("\u{fffd}".utf8), "\u{fffd}"), ([0xe2, 0x82], #"\\xe2\\x82"#),
        ] as [([UInt8], String)]
    )
    func quoting(name: [UInt8], expected: String) throws {
        #expect(quote(name) == expected)
        #expect(try unquote(expected) == name)
    }

    @Test("follows the Unicode version of each dialect")
    func dialects() {
        #expect(quote(Array("\u{1fae8}".utf8)) == "\u{1fae8}")  // Unicode 15.0
        #expect(quote(Array("\u{1fae8}".utf8), .restic014) == #"\\U0001fae8"#)
        #expect(quote(Array("\u{31ef}".utf8)) == #"\\u31ef"#)  // Unicode 16.0
    }

    @Test(
        "finds as many printable characters as Go",
        arguments: [(JSONDialect.current, 148_998), (.restic014, 143_680)]
    )
    func printableCount(dialect: JSONDialect, expected: Int) {
        var count = 0
        for value in UInt32(0)...0x10ffff where PrintableScalar.contains(value, dialect: dialect) { count += 1 }
        #expect(count == expected)
    }

    @Test(
        "reads every escape of Go string literals",
        arguments: [
            (#"\\101\\x41\\u0041\\U00000041"#, Array("AAAA".utf8)), (#"\\377"#, [0xff]), (#"\\000"#, [0]),
            (#"\t"#, [0x09]), (#"\\u00e9"#, Array("é".utf8)), ("", []),
        ] as [(String, [UInt8])]
    )
    func escapes(json: String, expected: [UInt8]) throws {
        #expect(try unquote(json) == expected)
    }

    @Test(
        "refuses what Go's Unquote refuses",
        arguments: [
            #"\""#, #"\n"#, #"\\"#, #"\\q"#, #"\\'"#, #"\\x4"#, #"\\xg0"#, #"\\400"#, #"\\18"#, #"\\12"#, #"\\u123"#,
            #"\\ud800"#, #"\\U00110000"#, #"\\Uffffffff"#, #"a\\"#,
        ]
    )
    func refuses(json: String) throws {
        #expect(try unquote(json) == nil)
    }

    @Test("survives quoting for random bytes", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMixGenerator(seed: seed)
        for _ in 0..<500 {
            let name = generator.bytes(Int.random(in: 0..<40, using: &generator))
            for dialect in JSONDialect.allCases {
                #expect(try unquote(quote(name, dialect)) == name)
            }
        }
    }

    @Test("refuses names that lead out of a directory", arguments: ["", ".", "..", "a/b", "/", "a\0", "\0"])
    func unsafe(name: String) {
        #expect(throws: FormatError.self) { try NodeName.checkForRestore(Array(name.utf8).span) }
    }

    @Test("allows other names", arguments: ["a", "...", ".a", "..a", "a.", " ", "-", "\\", "\n"])
    func safe(name: String) {
        #expect(throws: Never.self) { try NodeName.checkForRestore(Array(name.utf8).span) }
    }
}
