// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Testing

@testable import ResticFormat

@Suite("GroupingCriteria")
struct GroupingCriteriaTests {
    private func snapshot(_ host: String, _ paths: [String], _ tags: [String]) -> Snapshot {
        var snapshot = Snapshot(time: .epoch, tree: BlobID(Digest256(words: (0, 0, 0, 1))), paths: paths)
        snapshot.hostname = host
        snapshot.tags = tags
        return snapshot
    }

    @Test(
        "reads what to group by",
        arguments: [
            ("host,paths", GroupingCriteria.standard), ("", GroupingCriteria()),
            ("tag", GroupingCriteria(byTags: true)),
            ("tags,hosts,path", GroupingCriteria(byHost: true, byPaths: true, byTags: true)), ("hostname", nil),
        ] as [(String, GroupingCriteria?)]
    )
    func parsing(text: String, expected: GroupingCriteria?) {
        #expect(GroupingCriteria(text) == expected)
    }

    @Test("puts together what has the asked things in common, in any order of paths and tags")
    func grouping() {
        let list = [
            snapshot("a", ["/x", "/y"], ["t", "u"]), snapshot("b", ["/x"], []),
            snapshot("a", ["/y", "/x"], ["u", "t", "t"]),
            snapshot("a", ["/x"], []),
        ]
        func sizes(_ text: String) -> [[Int]] {
            let grouping = GroupingCriteria(text) ?? .standard
            return grouping.groups(of: Array(list.indices)) { list[$0] }.map(\.members)
        }
        #expect(sizes("host,paths") == [[0, 2], [1], [3]])
        #expect(sizes("") == [[0, 1, 2, 3]])
        #expect(sizes("tags") == [[0, 2], [1, 3]])
        #expect(sizes("paths") == [[0, 2], [1, 3]])
        #expect(GroupingCriteria.standard.key(of: list[0]).paths == ["/x", "/y"])
        #expect(GroupingCriteria.standard.key(of: list[0]).tags == nil)
    }

    @Test("keeps apart paths that only look alike")
    func bytewise() {
        let list = [snapshot("a", ["/\u{e9}"], []), snapshot("a", ["/e\u{301}"], [])]
        #expect(GroupingCriteria.standard.groups(of: list) { $0 }.count == 2)
    }
}
