// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("objects are equal in any order of members, numbers by their digits")
    func equality() throws {
        #expect(try JSONText.parse(#"{"a":1,"b":{"c":2,"d":3}}"#) == JSONText.parse(#"{"b":{"d":3,"c":2},"a":1}"#))
        #expect(try JSONText.parse("1.0") != JSONText.parse("1"))
        #expect(try JSONText.parse(#"{"a":null}"#) != JSONText.parse("{}"))
    }

    @Test("paths make the objects on the way and keep what is beside them")
    func paths() {
        var value: JSONValue = ["spec": ["nodeName": "n1", "x": 1]]
        value[["spec", "deep", "er"]] = true
        #expect(JSONText.string(of: value) == #"{"spec":{"nodeName":"n1","x":1,"deep":{"er":true}}}"#)
        value[["spec", "x"]] = nil
        value[["missing", "x"]] = nil
        #expect(JSONText.string(of: value) == #"{"spec":{"nodeName":"n1","deep":{"er":true}}}"#)
        #expect(value[["spec", "nodeName"]]?.string == "n1")
        #expect(value[["spec", "nodeName", "no"]] == nil)
    }

    @Test("members keep their place when changed, also in large objects and after a removal")
    func members() {
        var object = JSONObject((0..<40).map { ("k\($0)", JSONValue.int($0)) })
        object["k3"] = nil
        object["k20"] = "changed"
        object["new"] = 1
        #expect(object.names == (0..<40).filter { $0 != 3 }.map { "k\($0)" } + ["new"])
        #expect(object["k20"]?.string == "changed")
        #expect(object["k39"]?.int == 39)
        #expect(object["k3"] == nil)
    }

    @Test(
        "numbers give integers only when they are whole and fit",
        arguments: [
            ("7", 7), ("7.00", 7), ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("7.5", nil),
        ]
    )
    func integers(_ text: String, _ expected: Int?) throws {
        #expect(try JSONText.parse(text).int == expected)
    }
}
