// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroCommands

@Suite("Text for people")
struct OutputTextTests {
    @Test("tables align columns, spread cells over lines and leave no blanks at the end")
    func table() {
        var table = TextTable([.init("ID"), .init("Tags"), .init("Size", .trailing)])
        table.append([["1a"], ["one", "two"], ["5 B"]])
        table.append([["2b"], [], ["1.000 KiB"]])
        table.append(footer: "2 snapshots")
        #expect(
            table.lines() == [
                "ID  Tags       Size",
                "-------------------",
                "1a  one         5 B",
                "    two",
                "2b        1.000 KiB",
                "-------------------",
                "2 snapshots",
            ]
        )
    }

    @Test("width counts cells, not characters")
    func width() {
        #expect(TextWidth.columns(of: "abc") == 3)
        #expect(TextWidth.columns(of: "日本") == 4)
        #expect(TextWidth.columns(of: "e\u{301}") == 1)
        #expect(TextWidth.truncated("/a/long/path", to: 8) == "/a/long…")
        #expect(TextWidth.truncated("日本語", to: 4) == "日…")
        #expect(TextWidth.truncated("fits", to: 4) == "fits")
    }

    @Test(
        "names cannot drive the terminal",
        arguments: [
            (Array("plain name".utf8), "plain name"),
            (Array("日本 ä".utf8), "日本 ä"),
            (Array("a\nb".utf8), #""a\nb""#),
            (Array("\u{1b}[31mred".utf8), #""\x1b[31mred""#),
            ([0x61, 0xff], #""a\xff""#),
            (Array("\u{202e}gnp".utf8), #""\u202egnp""#),
        ]
    )
    func names(bytes: [UInt8], expected: String) {
        #expect(PrintableText.name(bytes) == expected)
    }
}

@Suite("JSON for programs")
struct JSONTextTests {
    @Test("keeps order and escapes as Go does")
    func order() {
        var json = JSONText()
        json.object { json in
            json.member("b", "x<y>&\"\\\n\u{1}")
            json.member("a", 5)
            json.member("none", nil as [String]?)
            json.member("list", ["1", "2"])
            json.key("inner")
            json.object { $0.member("t", true) }
        }
        json.endLine()
        #expect(
            json.string
                == #"{"b":"x\u003cy\u003e\u0026\"\\\n\u0001","a":5,"none":null,"list":["1","2"],"inner":{"t":true}}"#
                + "\n"
        )
    }

    @Test(
        "numbers are as short as Go's",
        arguments: [
            (0, "0"), (1, "1"), (100, "100"), (0.5, "0.5"), (0.630004464, "0.630004464"),
            (1.0005250127255623, "1.0005250127255623"), (0.00001, "0.00001"), (0.000001, "0.000001"),
            (0.0000001, "1e-07"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (-2.5, "-2.5"),
            (1.5e-5, "0.000015"),
        ]
    )
    func numbers(value: Double, expected: String) {
        #expect(JSONText.text(of: value) == expected)
    }
}
