// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Testing

@testable import ResticFormat

@Suite("SnapshotFilter")
struct SnapshotFilterTests {
    private func snapshot(_ host: String, _ paths: [String], _ tags: [String], second: Int64 = 0) -> Snapshot {
        var snapshot = Snapshot(
            time: Timestamp(seconds: second),
            tree: BlobID(Digest256(words: (0, 0, 0, 1))),
            paths: paths
        )
        snapshot.hostname = host
        snapshot.tags = tags
        return snapshot
    }

    @Test(
        "asks for any host, any tag list and all paths",
        arguments: [
            (SnapshotFilter(), [true, true, true]), (SnapshotFilter(hosts: ["a"]), [true, false, true]),
            (SnapshotFilter(hosts: ["a", "b"]), [true, true, true]),
            (SnapshotFilter(hosts: [""]), [false, false, false]),
            (SnapshotFilter(paths: ["/x"]), [true, true, false]),
            (SnapshotFilter(paths: ["/x", "/y"]), [true, false, false]),
            (SnapshotFilter(tagLists: [["t"]]), [true, true, false]),
            (SnapshotFilter(tagLists: [["t", "u"]]), [true, false, false]),
            (SnapshotFilter(tagLists: [["t", "u"], [""]]), [true, false, true]),
            (SnapshotFilter(tagLists: [[]]), [false, false, true]),
            (SnapshotFilter(hosts: ["a"], tagLists: [["t"]], paths: ["/y"]), [true, false, false]),
        ]
    )
    func matching(filter: SnapshotFilter, expected: [Bool]) {
        let list = [snapshot("a", ["/x", "/y"], ["t", "u"]), snapshot("b", ["/x"], ["t"]), snapshot("a", [], [])]
        #expect(list.map(filter.matches) == expected)
        #expect(filter.isEmpty == (filter == SnapshotFilter()))
    }

    @Test("finds the newest snapshot that passes, wherever it stands")
    func newest() {
        let list = [
            snapshot("a", [], [], second: 5), snapshot("b", [], [], second: 9), snapshot("a", [], [], second: 7),
            snapshot("a", [], [], second: -1),
        ]
        func newest(_ filter: SnapshotFilter) -> Int? { filter.newest(of: Array(list.indices)) { list[$0] } }
        #expect(newest(SnapshotFilter()) == 1)
        #expect(newest(SnapshotFilter(hosts: ["a"])) == 2)
        #expect(newest(SnapshotFilter(hosts: ["c"])) == nil)
    }

    @Test("resolves the first digits of ids")
    func prefixes() throws {
        let ids = try ["00", "0a", "0aff", "ff"].map { text in
            try #require(SnapshotID(hex: text + String(repeating: "1", count: 64 - text.count)))
        }
        func find(_ prefix: String) -> SnapshotID.PrefixMatch { SnapshotID.find(prefix: prefix, among: ids + ids) }
        #expect(find("00") == .one(ids[0]))
        #expect(find("f") == .one(ids[3]))
        #expect(find("0a") == .several(2))
        #expect(find("0") == .several(3))
        #expect(find("0af") == .one(ids[2]))
        #expect(find(ids[1].hex) == .one(ids[1]))
        for prefix in ["", "1", "FF", "0g", "latest", ids[1].hex + "1"] { #expect(find(prefix) == .none) }
    }
}
