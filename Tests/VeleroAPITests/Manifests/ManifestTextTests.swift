// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct ManifestTextTests {
    @Test func `objects and lists are written in blocks`() {
        let value: JSONValue = [
            "name": "a", "empty": [:], "none": [], "list": [["x": 1, "y": ["z": true]], "text"], "null": .null,
        ]
        let expected = """
            name: a
            empty: {}
            none: []
            list:
            - x: 1
              "y":
                z: true
            - text
            "null": null

            """
        #expect(ManifestText.text(of: value) == expected)
    }

    @Test(arguments: [
        ("plain text", "plain text"), ("velero.io/v1", "velero.io/v1"), ("y", "\"y\""), ("True", "\"True\""),
        ("12", "\"12\""), ("1.5", "\"1.5\""), ("", "\"\""), ("a: b", "\"a: b\""), ("a #b", "\"a #b\""),
        ("- a", "\"- a\""), ("*", "\"*\""), ("ends:", "\"ends:\""), ("tab\t", "\"tab\\t\""), ("null", "\"null\""),
        ("{a}", "\"{a}\""), ("~", "\"~\""), (".5", "\".5\""), ("a ", "\"a \""), ("1e3", "\"1e3\""),
    ])
    func `texts a reader could take for something else are quoted`(text: String, expected: String) {
        #expect(ManifestText.text(of: .string(text)) == expected + "\n")
    }
}
