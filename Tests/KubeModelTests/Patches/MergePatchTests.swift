// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Merge patches")
struct MergePatchTests {
    @Test(
        "the examples of RFC 7396",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, "null", "null"),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ]
    )
    func examples(_ value: String, _ patch: String, _ expected: String) throws {
        let result = MergePatch.apply(try JSONText.parse(patch), to: try JSONText.parse(value))
        #expect(JSONText.string(of: result) == expected)
    }

    @Test("a difference holds only what changed, and applied gives the new value")
    func difference() throws {
        let old = try JSONText.parse(
            #"{"metadata":{"name":"a","labels":{"x":"1","y":"2"}},"status":{"phase":"New","n":1}}"#
        )
        let new = try JSONText.parse(
            #"{"metadata":{"name":"a","labels":{"x":"1"}},"status":{"phase":"Done","n":1},"l":[1]}"#
        )
        let patch = try #require(MergePatch.difference(from: old, to: new))
        #expect(try patch == JSONText.parse(#"{"metadata":{"labels":{"y":null}},"status":{"phase":"Done"},"l":[1]}"#))
        #expect(MergePatch.apply(patch, to: old) == new)
        #expect(MergePatch.difference(from: new, to: new) == nil)
    }
}
