// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("JSON patches")
struct JSONPatchTests {
    private func apply(_ operations: String, to value: String) throws -> String {
        let operations = try (JSONText.parse(operations).array ?? []).map(JSONPatchOperation.init)
        return JSONText.string(of: try JSONPatch.apply(operations, to: try JSONText.parse(value)))
    }

    @Test(
        "operations change what RFC 6902 says",
        arguments: [
            (#"[{"op":"add","path":"/b","value":1}]"#, #"{"a":0}"#, #"{"a":0,"b":1}"#),
            (#"[{"op":"add","path":"/a/1","value":9}]"#, #"{"a":[0,1]}"#, #"{"a":[0,9,1]}"#),
            (#"[{"op":"add","path":"/a/-","value":9}]"#, #"{"a":[0]}"#, #"{"a":[0,9]}"#),
            (#"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[0,1]}"#, #"{"a":[1]}"#),
            (#"[{"op":"replace","path":"/a/b","value":null}]"#, #"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":null,"c":2}}"#),
            (#"[{"op":"replace","path":"","value":[1]}]"#, "{}", "[1]"),
            (#"[{"op":"move","from":"/a","path":"/b/c"}]"#, #"{"a":1,"b":{}}"#, #"{"b":{"c":1}}"#),
            (#"[{"op":"copy","from":"/a/0","path":"/a/-"}]"#, #"{"a":[{"x":1}]}"#, #"{"a":[{"x":1},{"x":1}]}"#),
            (#"[{"op":"test","path":"/a~1b","value":1},{"op":"remove","path":"/a~1b"}]"#, #"{"a/b":1}"#, "{}"),
            (#"[{"op":"add","path":"/m~0n","value":1}]"#, "{}", #"{"m~n":1}"#),
        ]
    )
    func operations(_ operations: String, _ value: String, _ expected: String) throws {
        #expect(try apply(operations, to: value) == expected)
    }

    @Test(
        "operations on what is not there, and tests that fail, change nothing",
        arguments: [
            (#"[{"op":"remove","path":"/b"}]"#, #"{"a":0}"#),
            (#"[{"op":"add","path":"/b/c","value":1}]"#, #"{"a":0}"#),
            (#"[{"op":"add","path":"/a/3","value":1}]"#, #"{"a":[0]}"#),
            (#"[{"op":"add","path":"/a/01","value":1}]"#, #"{"a":[0,1]}"#),
            (#"[{"op":"replace","path":"/a/0","value":1}]"#, #"{"a":[]}"#),
            (#"[{"op":"test","path":"/a","value":1}]"#, #"{"a":0}"#),
            (#"[{"op":"move","from":"/a","path":"/a/b"}]"#, #"{"a":{}}"#),
            (#"[{"op":"add","path":"a","value":1}]"#, "{}"),
            (#"[{"op":"add","path":"/a"}]"#, "{}"),
            (#"[{"op":"hop","path":"/a"}]"#, "{}"),
            (#"[{"op":"remove","path":"/a/-1"}]"#, #"{"a":[1]}"#),
        ]
    )
    func refused(_ operations: String, _ value: String) {
        #expect(throws: PatchError.self) { try apply(operations, to: value) }
    }

    @Test("operations are written as they are read")
    func written() throws {
        let text =
            #"[{"op":"test","path":"/a~1b","value":1},{"op":"move","from":"/x","path":"/y"},{"op":"remove","path":"/z"}]"#
        let operations = try (JSONText.parse(text).array ?? []).map(JSONPatchOperation.init)
        #expect(String(decoding: Patch.json(operations).bytes, as: UTF8.self) == text)
    }
}
