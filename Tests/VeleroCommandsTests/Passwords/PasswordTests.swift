// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroCommands

@Suite("Passwords")
struct PasswordTests {
    @Test(
        "files are decoded and trimmed",
        arguments: [
            (Array(" geheim \r\n".utf8), "geheim"),
            ([0xef, 0xbb, 0xbf] + Array("geheim".utf8), "geheim"),
            ([0xff, 0xfe, 0x67, 0x00, 0xe4, 0x00, 0x0a, 0x00], "gä"),
            ([0xfe, 0xff, 0x00, 0x67, 0x00, 0xe4], "gä"),
            ([], ""),
        ] as [([UInt8], String)]
    )
    func decodes(bytes: [UInt8], expected: String) {
        #expect(TextFileContents.trimmed(bytes) == expected)
    }

    /// The results of restic 0.14 and 0.19, observed with a program that prints its arguments.
    @Test(
        "commands are split without a shell",
        arguments: [
            ("pass show x", ["pass", "show", "x"]),
            (#"sh -c "echo a b" 'c d'"#, ["sh", "-c", "echo a b", "c d"]),
            (#"a"b c"d"#, ["a", "b c", "d"]),
            (#"x """#, ["x"]),
            (#"x "a\"b""#, ["x", #"a\"b"#]),
            (#"C:\dir"#, ["C:", "dir"]),
            ("  spaced\tout \n", ["spaced", "out"]),
        ]
    )
    func splits(line: String, expected: [String]) throws {
        #expect(try CommandWords.split(line) == expected)
    }

    @Test("open quotes and empty commands are errors", arguments: ["", "  ", "a 'b", "\"", "\"\""])
    func refuses(line: String) {
        #expect(throws: CommandFailure.self) { try CommandWords.split(line) }
    }

    @Test("come from where they are said to come from")
    func sources() throws {
        let input = ScriptedInput(
            files: ["/pw": Array("file\n".utf8)],
            programs: [["pass", "show"]: "program\n"],
            line: "line"
        )
        #expect(try PasswordSource.file("/pw").read(from: input, prompt: "?") == "file")
        #expect(try PasswordSource.command("pass show").read(from: input, prompt: "?") == "program")
        #expect(try PasswordSource.text("text").read(from: input, prompt: "?") == "text")
        #expect(try PasswordSource.prompt.read(from: input, prompt: "?") == "line")
        #expect(try PasswordSource.empty.read(from: input, prompt: "?") == "")
    }

    @Test("must not be empty by accident")
    func emptyByAccident() {
        let input = ScriptedInput(files: ["/pw": []], line: nil)
        for source in [PasswordSource.file("/pw"), .text(""), .prompt] {
            #expect(throws: CommandFailure.self) { try source.read(from: input, prompt: "?") }
        }
    }

    @Test("are typed twice when new")
    func typedTwice() throws {
        var input = ScriptedInput(isTerminal: true, secrets: ["new: ": "a", "again: ": "a"])
        #expect(try PasswordSource.prompt.read(from: input, prompt: "new: ", confirmation: "again: ") == "a")
        input.secrets["again: "] = "b"
        #expect(throws: CommandFailure.self) {
            try PasswordSource.prompt.read(from: input, prompt: "new: ", confirmation: "again: ")
        }
    }
}
