// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import Testing

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("shop", "shop", true), ("shop", "shops", false), ("*", "", true), ("*", "anything", true),
        ("app-*", "app-1", true), ("app-*", "app", false), ("*-db", "web-db", true), ("*-db", "web-db-2", false),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXcYb", false), ("app-?", "app-1", true), ("app-?", "app-10", false),
        ("app-[12]", "app-2", true), ("app-[12]", "app-3", false), ("app-[a-c]x", "app-bx", true),
        ("app-[!a-c]", "app-b", false), ("app-[^a-c]", "app-d", true), ("app-[", "app-[", true), ("a[]", "a[]", true),
        ("**", "x", true), ("", "", true), ("", "x", false),
    ])
    func `patterns match as file names do`(pattern: String, name: String, expected: Bool) {
        #expect(NamePattern(pattern).matches(name) == expected)
    }

    @Test func `a pattern of many stars takes no longer than the product of the lengths`() {
        let pattern = NamePattern(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }

    @Test func `lists include all unless they name something, and leaving out wins`() {
        #expect(InclusionList().admits("x") && InclusionList().isEverything)
        let list = InclusionList(including: ["app-*", "shop"], excluding: ["app-old"])
        #expect(list.admits("app-new") && list.admits("shop") && !list.admits("app-old") && !list.admits("other"))
        #expect(!list.includesAll && InclusionList(including: ["*"], excluding: ["a"]).includesAll)
    }

    @Test func `lists that contradict each other are told in Velero's words`() {
        #expect(InclusionList.problems(including: ["a"], excluding: ["b"]).isEmpty)
        #expect(
            InclusionList.problems(including: ["*", "a"], excluding: ["*", "a"]) == [
                "includes list must either contain '*' only, or a non-empty list of items",
                "excludes list cannot contain '*'", "excludes list cannot contain an item in the includes list: a",
            ]
        )
        #expect(
            InclusionList.problems(including: ["a"], excluding: ["*"], allowsExcludingAll: true) == [
                "when exclude is '*', include cannot have value"
            ]
        )
    }
}
