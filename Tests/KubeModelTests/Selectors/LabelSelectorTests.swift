// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Label selectors")
struct LabelSelectorTests {
    private static let labels = ["app": "web", "tier": "", "size": "5", "velero.io/backup": "b1"]

    @Test(
        "conditions hold as kubectl defines them",
        arguments: [
            ("", true), ("app=web", true), ("app==web", true), ("app=db", false), ("app!=db", true),
            ("missing!=x", true),
            ("app in (db, web)", true), ("app in (db)", false), ("app notin (db)", true), ("missing notin (x)", true),
            ("missing in (x)", false), ("app", true), ("!app", false), ("!missing", true), ("missing", false),
            ("tier=", true), ("tier in ()", true), ("size>4", true), ("size<5", false), ("app>1", false),
            ("velero.io/backup=b1,app=web", true), ("velero.io/backup = b1 , !missing, size > 1", true),
            ("velero.io/backup=b1,app=db", false),
        ]
    )
    func matching(_ text: String, _ expected: Bool) throws {
        #expect(try LabelSelector(parsing: text).matches(Self.labels) == expected)
    }

    @Test(
        "text is printed so that it is read back the same",
        arguments: [
            ("a=b", "a=b"), (" a == b ", "a=b"), ("a in (c,b)", "a in (b,c)"), ("a notin(b)", "a notin (b)"),
            ("!a,b", "!a,b"), ("a>1,b<2", "a>1,b<2"), ("a!=b", "a!=b"),
        ]
    )
    func printing(_ text: String, _ expected: String) throws {
        let selector = try LabelSelector(parsing: text)
        #expect(selector.description == expected)
        #expect(try LabelSelector(parsing: expected).description == expected)
    }

    @Test(
        "what is no selector is refused",
        arguments: [
            "=", "a=b c", "a in b", "a in (b", "a is (b)", "!", "a>x", ",", "a,", "-a", "a=-", "a/b/c=d", "A_/b=c",
            "a=" + String(repeating: "x", count: 64),
        ]
    )
    func refused(_ text: String) {
        #expect(throws: SelectorError.self) { try LabelSelector(parsing: text) }
    }

    @Test("the form in objects is read and written")
    func objectForm() throws {
        let form: JSONValue = [
            "matchLabels": ["app": "web"],
            "matchExpressions": [
                ["key": "tier", "operator": "In", "values": ["", "x"]],
                ["key": "gone", "operator": "DoesNotExist"],
                ["key": "size", "operator": "NotIn", "values": ["6"]],
                ["key": "size", "operator": "Exists"],
            ],
        ]
        let selector = try LabelSelector(form)
        #expect(selector.description == "app=web,tier in (,x),!gone,size notin (6),size")
        #expect(selector.matches(Self.labels))
        #expect(selector.objectForm == form)
        #expect(try LabelSelector([:]).isEmpty)
    }

    @Test("two values for one label both count, in objects too")
    func contradiction() throws {
        let selector = try LabelSelector(parsing: "a=1,a=2")
        let form = try #require(selector.objectForm)
        #expect(try !LabelSelector(form).matches(["a": "1"]))
    }

    @Test(
        "objects with unknown operators or values that do not fit are refused",
        arguments: [
            ["matchExpressions": [["key": "a", "operator": "Like", "values": ["b"]]]],
            ["matchExpressions": [["key": "a", "operator": "In"]]],
            ["matchExpressions": [["key": "a", "operator": "Exists", "values": ["b"]]]],
            ["matchExpressions": [["operator": "Exists"]]],
        ] as [JSONValue]
    )
    func refusedObjects(_ form: JSONValue) {
        #expect(throws: SelectorError.self) { try LabelSelector(form) }
    }
}
