// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("Snapshot")
struct SnapshotTests {
    private static let tree = "7c5dd574aefe12189a8dedc9c6bf6a8bfc29afdcf9ddd5bfbfd899674cc2f9d1"

    private static let current = #"""
        {"time":"2026-11-22T08:40:37.026729986Z","tree":"7c5dd574aefe12189a8dedc9c6bf6a8bfc29afdcf9ddd5bfbfd899674cc2f9d1",\#
        "paths":["/data/src"],"hostname":"h1","username":"root","tags":["t1"],"program_version":"restic 0.19.1",\#
        "summary":{"backup_start":"2026-11-22T08:40:37.026729986Z","backup_end":"2026-11-22T08:40:37.666477486Z","files_new":15,\#
        "files_changed":0,"files_unmodified":0,"dirs_new":5,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":10,"tree_blobs":6,\#
        "data_added":532729,"data_added_packed":3465,"total_files_processed":15,"total_bytes_processed":3145766}}
        """#

    private static let full = #"""
        {"time":"2020-01-01T00:00:00+05:30","parent":"1111111111111111111111111111111111111111111111111111111111111111",\#
        "tree":"7c5dd574aefe12189a8dedc9c6bf6a8bfc29afdcf9ddd5bfbfd899674cc2f9d1","paths":["/a\u003c","/b"],"hostname":"h",\#
        "username":"u","uid":1000,"gid":1001,"excludes":["*.o"],"tags":["x","y"],\#
        "original":"2222222222222222222222222222222222222222222222222222222222222222","program_version":"p"}
        """#

    private static let rustic = #"""
        {"time":"2020-01-01T00:00:00Z","tree":"7c5dd574aefe12189a8dedc9c6bf6a8bfc29afdcf9ddd5bfbfd899674cc2f9d1",\#
        "paths":["/a"],"label":"l","delete":{"After":"2020-01-01T00:00:00Z"},"parents":["x"],"description":null}
        """#

    @Test("reads and writes restic's own text unchanged", arguments: [current, full, rustic])
    func roundTrip(text: String) throws {
        let snapshot = try Snapshot(decoding: Array(text.utf8))
        #expect(String(decoding: snapshot.encode(), as: UTF8.self) == text)
        #expect(try Snapshot(decoding: snapshot.encode()) == snapshot)
    }

    @Test("reads the members of a snapshot and its summary")
    func members() throws {
        let snapshot = try Snapshot(decoding: Array(Self.current.utf8))
        #expect(snapshot.tree.hex == Self.tree)
        #expect(snapshot.hostname == "h1")
        #expect(snapshot.tags == ["t1"])
        #expect(snapshot.programVersion == "restic 0.19.1")
        #expect(snapshot.summary?.totalBytesProcessed == 3_145_766)
        #expect(snapshot.summary?.dataAddedPacked == 3_465)
        #expect(snapshot.extra.isEmpty)
    }

    @Test("writes the shortest snapshot of the fixture repository")
    func fixture() throws {
        let tree = try #require(BlobID(hex: Self.tree))
        let time = try #require(Timestamp(rfc3339: "2020-01-01T00:00:00Z"))
        let text = String(decoding: Snapshot(time: time, tree: tree, paths: ["/k"]).encode(), as: UTF8.self)
        #expect(text == #"{"time":"2020-01-01T00:00:00Z","tree":"\#(Self.tree)","paths":["/k"]}"#)
    }

    @Test("keeps the volume root and unknown members through a rewrite")
    func volumeRoot() throws {
        var snapshot = try Snapshot(decoding: Array(Self.rustic.utf8))
        var root = Node(
            name: Array(".".utf8),
            kind: .directory,
            mode: NodeMode(posix: 0o042775),
            modificationTime: .epoch
        )
        root.userID = 1_000
        root.groupID = 2_000
        snapshot.volumeRoot = root
        let added = snapshot.addTags(["new"])
        let addedAgain = snapshot.addTags(["new"])
        #expect(added && !addedAgain)
        let again = try Snapshot(decoding: snapshot.encode())
        #expect(again == snapshot)
        #expect(again.volumeRoot?.mode.posixPermissions == 0o2775)
        #expect(
            again.extra.map { String(decoding: $0.name, as: UTF8.self) } == [
                "label", "delete", "parents", "description",
            ]
        )
        let removed = snapshot.removeTags(["new"])
        #expect(removed && snapshot.tags.isEmpty)
    }

    @Test("keeps a foreign member called volume_root as it stands", arguments: [#""text""#, "[1,2]", #"{"name":"."}"#])
    func foreignVolumeRoot(value: String) throws {
        let text = #"{"time":"2020-01-01T00:00:00Z","tree":"\#(Self.tree)","paths":[],"volume_root":\#(value)}"#
        let snapshot = try Snapshot(decoding: Array(text.utf8))
        #expect(snapshot.volumeRoot == nil)
        #expect(String(decoding: snapshot.encode(), as: UTF8.self) == text)
    }

    @Test("keeps unknown members of the summary")
    func summaryExtra() throws {
        let text = Self.current.dropLast(2) + #","command":"x y","total_duration":1.5}}"#
        let snapshot = try Snapshot(decoding: Array(text.utf8))
        #expect(snapshot.summary?.extra.count == 2)
        #expect(String(decoding: snapshot.encode(), as: UTF8.self) == text)
    }

    @Test(
        "refuses a snapshot without a tree",
        arguments: ["{}", #"{"tree":null}"#, #"{"tree":"00"}"#, "[]", "", "null"]
    )
    func refuses(text: String) {
        #expect(throws: FormatError.self) { try Snapshot(decoding: Array(text.utf8)) }
    }
}
