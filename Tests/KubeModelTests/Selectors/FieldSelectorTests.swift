// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Field selectors")
struct FieldSelectorTests {
    private static let pod: KubeObject = {
        var pod = KubeObject(Pod.resourceType, name: "p", namespace: "n")
        pod["spec", "nodeName"] = "node-1"
        pod["spec", "unschedulable"] = true
        return pod
    }()

    @Test(
        "conditions hold on fields, missing ones counting as empty",
        arguments: [
            ("", true), ("metadata.name=p", true), ("metadata.name==p,spec.nodeName=node-1", true),
            ("metadata.name!=p", false), ("spec.nodeName=", false), ("status.phase=", true),
            ("status.phase!=Running", true),
            ("spec.unschedulable=true", true),
        ]
    )
    func matching(_ text: String, _ expected: Bool) throws {
        #expect(try FieldSelector(parsing: text).matches(Self.pod) == expected)
    }

    @Test("values with signs are escaped and read back")
    func escapes() throws {
        let selector = FieldSelector("metadata.name", is: #"a,b=c\d"#)
        #expect(selector.description == #"metadata.name=a\,b\=c\\d"#)
        #expect(try FieldSelector(parsing: selector.description) == selector)
    }

    @Test("what is no selector is refused", arguments: ["a", "=b", "!=b", #"a=b\"#, #"a=\x"#, "a=b=c"])
    func refused(_ text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
    }
}
