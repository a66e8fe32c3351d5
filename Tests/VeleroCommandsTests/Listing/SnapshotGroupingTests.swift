// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat
import Testing

@testable import VeleroCommands

@Suite("Grouping of snapshots")
struct SnapshotGroupingTests {
    @Test("by host, paths and tags in any order, or by nothing")
    func parsing() throws {
        #expect(try GroupingCriteria(argument: "").isEmpty)
        let grouping = try GroupingCriteria(argument: "tags,host")
        #expect(grouping.byTags && grouping.byHost && !grouping.byPaths)
        #expect(throws: CommandFailure.self) { try GroupingCriteria(argument: "host,colour") }
    }

    @Test("keeps order inside groups and names each group as restic does")
    func grouping() throws {
        let snapshots = try ["1": ("b", ["/x", "/a"]), "2": ("a", ["/x"]), "3": ("b", ["/a", "/x"])]
            .sorted { $0.key < $1.key }
            .map { try stored($0.key, host: $0.value.0, paths: $0.value.1) }
        let groups = GroupingCriteria.standard.orderedGroups(of: snapshots)
        #expect(
            groups.map(\.key.title) == [
                "snapshots for (host [a], paths [/x]):", "snapshots for (host [b], paths [/a, /x]):",
            ]
        )
        #expect(groups.map(\.key.sentence) == ["host a, path [/x]", "host b, path [/a, /x]"])
        #expect(groups.map { $0.members.map { $0.id.hex.prefix(1) } } == [["2"], ["1", "3"]])
        #expect(GroupingCriteria().orderedGroups(of: snapshots).map(\.key.title) == [""])
    }

    private func stored(_ digit: String, host: String, paths: [String]) throws -> StoredSnapshot {
        let id: SnapshotID = try #require(ContentID(hex: String(repeating: digit, count: 64)))
        let tree: BlobID = try #require(ContentID(hex: String(repeating: "f", count: 64)))
        var snapshot = Snapshot(time: .epoch, tree: tree, paths: paths)
        snapshot.hostname = host
        return StoredSnapshot(id: id, snapshot: snapshot)
    }
}

@Suite("Directories asked for")
struct DirectorySelectionTests {
    @Test("show themselves and what lies directly in them")
    func direct() {
        let selection = DirectorySelection(["/a/b"], isRecursive: false)
        #expect(
            selection.shows("/a/b") && selection.shows("/a/b/c") && !selection.shows("/a/b/c/d")
                && !selection.shows("/a")
        )
        #expect(
            selection.enters("/a") && selection.enters("/a/b") && !selection.enters("/a/b/c")
                && !selection.enters("/ab")
        )
    }

    @Test("with recursion show all below")
    func recursive() {
        let selection = DirectorySelection(["/a/b/"], isRecursive: true)
        #expect(selection.shows("/a/b/c/d") && selection.enters("/a/b/c") && !selection.shows("/a/bc"))
        #expect(DirectorySelection([], isRecursive: false).shows("/anything"))
        #expect(DirectorySelection(["/"], isRecursive: false).shows("/a"))
        #expect(!DirectorySelection(["/"], isRecursive: false).shows("/a/b"))
    }

    @Test("a snapshot may name a directory in it")
    func snapshotPath() {
        #expect(SnapshotPath("latest").components.isEmpty)
        #expect(SnapshotPath("1a2b:/var//lib/../log").path == "/var/log")
        #expect(SnapshotPath("latest:").path == "/")
    }
}

@Suite("Indented JSON")
struct IndentedJSONTests {
    @Test(
        "has two blanks per level and leaves strings alone",
        arguments: [
            (
                #"{"a":1,"b":["x","y"],"c":{},"d":[]}"#,
                "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    \"y\"\n  ],\n  \"c\": {},\n  \"d\": []\n}"
            ),
            (#"{"a":"{,:\"}"}"#, "{\n  \"a\": \"{,:\\\"}\"\n}"),
            ("[]", "[]"),
            ("{ \"a\" :\n 1 }", "{\n  \"a\": 1\n}"),
        ]
    )
    func layout(json: String, expected: String) {
        #expect(String(decoding: IndentedJSON.text(Array(json.utf8)), as: UTF8.self) == expected)
    }
}
