// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("YAML")
struct YAMLTextTests {
    private func json(_ yaml: String) throws -> [String] {
        try YAMLText.parse(Array(yaml.utf8)).map(JSONText.string(of:))
    }

    @Test(
        "scalars mean what kubectl takes them for",
        arguments: [
            ("a", #""a""#), ("", ""), ("~", "null"), ("1", "1"), ("'1'", #""1""#), ("1.50", "1.50"), ("-7", "-7"),
            ("12345678901234567890", "12345678901234567890"), ("yes", "true"), ("n", "false"), ("Off", "false"),
            ("\"yes\"", #""yes""#), ("0x1F", "31"), ("0644", "420"), ("0o17", "15"), ("0b11", "3"), ("1_000", "1000"),
            ("+5", "5"), (".5", "0.5"), ("1.2.3", #""1.2.3""#), ("-", "[null]"), ("1e3", "1e3"),
            ("10.0.0.1", #""10.0.0.1""#),
            ("12:30", #""12:30""#), ("!!str 5", #""5""#), ("2026-01-01", #""2026-01-01""#), ("0", "0"),
            ("09", #""09""#),
            ("-.5", "-0.5"), ("--", #""--""#), ("0x", #""0x""#),
        ]
    )
    func scalars(_ yaml: String, _ expected: String) throws {
        #expect(try json(yaml).joined() == expected)
    }

    @Test("collections, documents, block texts, anchors and merges")
    func collections() throws {
        let yaml = """
            ---
            base: &base {a: 1, b: [x, "y"]}
            text: |
              line 1
              line 2
            copy: *base
            merged:
              <<: *base
              a: 2
            ? key
            : value
            8080: port
            ---
            - second
            """
        #expect(
            try json(yaml) == [
                #"{"base":{"a":1,"b":["x","y"]},"text":"line 1\nline 2\n","copy":{"a":1,"b":["x","y"]},"#
                    + #""merged":{"a":2,"b":["x","y"]},"key":"value","8080":"port"}"#,
                #"["second"]"#,
            ]
        )
    }

    @Test("JSON is YAML")
    func jsonText() throws {
        #expect(try json(#"{"a":[1,null,{"b":"\u00e9\n"}]}"#) == [#"{"a":[1,null,{"b":"é\n"}]}"#])
    }

    @Test(
        "text that is no YAML, or could not be JSON, is refused",
        arguments: ["a: [", "a: b: c", "*missing", "{[a]: 1}", ".nan", "\t- x\n  y: z", "'open"]
    )
    func refused(_ yaml: String) {
        #expect(throws: YAMLError.self) { try json(yaml) }
    }

    @Test("aliases of aliases cannot fill the memory, nor can nesting")
    func bombs() {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<30 {
            bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
        }
        #expect(throws: YAMLError.self) { try json(bomb) }
        #expect(throws: YAMLError.self) {
            try json(String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))
        }
    }

    @Test("damaged text never crashes")
    func damagedFuzz() {
        let original = Array(
            "apiVersion: v1\nusers:\n- name: &n u\n  user: {token: *n, x: \"q\\n\"}\nz: |\n  text\n".utf8
        )
        for seed in 0..<UInt64(FuzzCases.count(standard: 2000)) {
            var generator = SplitMixGenerator(seed: seed)
            let bytes = FuzzCases.damaged(original, tokens: ["&n", "*n", "<<:", "- ", ": ", "|"], using: &generator)
            _ = try? YAMLText.parse(bytes)
        }
    }
}
