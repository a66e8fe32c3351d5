// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing
import VeleroCommands

@Suite("Listings")
struct ListingTests {
    @Test(
        "permissions are in Go's letters, as restic prints them",
        arguments: [
            (0o100644, "-rw-r--r--"), (0o040755, "drwxr-xr-x"), (0o120777, "Lrwxrwxrwx"), (0o104755, "urwxr-xr-x"),
            (0o041777, "dtrwxrwxrwx"), (0o042775, "dgrwxrwxr-x"), (0o010600, "prw-------"), (0o020666, "Dcrw-rw-rw-"),
            (0o060660, "Drw-rw----"), (0o140700, "Srwx------"),
        ]
    )
    func permissions(posix: UInt32, expected: String) {
        #expect(NodeText.permissions(NodeMode(posix: posix)) == expected)
    }

    @Test("long lines align like restic's")
    func longLine() {
        var node = Node(
            name: Array("link".utf8),
            kind: .symlink,
            mode: NodeMode(posix: 0o120777),
            modificationTime: Timestamp(seconds: 1_795_351_573)
        )
        node.linkTarget = Array("a".utf8)
        let time = TimeText.local(node.modificationTime)
        #expect(
            NodeText.longLine(node, path: "/src/link", isHumanReadable: false)
                == "Lrwxrwxrwx     0     0      0 \(time) /src/link -> a"
        )
        node.size = 3_000_000
        node.kind = .file
        #expect(NodeText.longLine(node, path: "/x", isHumanReadable: true).contains(" 2.861 MiB \(time) /x"))
    }

    @Test("nodes are listed with restic's members")
    func nodeJSON() {
        var node = Node(
            name: Array("a".utf8),
            kind: .file,
            mode: NodeMode(posix: 0o100644),
            modificationTime: Timestamp(seconds: 0)
        )
        node.inode = 7
        var json = JSONText()
        NodeText.listing(node, path: "/src/a", into: &json)
        #expect(
            json.string
                == #"{"name":"a","type":"file","path":"/src/a","uid":0,"gid":0,"size":0,"mode":420,"#
                + #""permissions":"-rw-r--r--","mtime":"1970-01-01T00:00:00Z","atime":"1970-01-01T00:00:00Z","#
                + #""ctime":"1970-01-01T00:00:00Z","inode":7,"message_type":"node","struct_type":"node"}"# + "\n"
        )
    }

    @Test("times are read in local time and dates must exist")
    func times() throws {
        let time = try #require(TimeText.parse("2024-02-29 22:08:41"))
        #expect(TimeText.local(time) == "2024-02-29 22:08:41")
        #expect(TimeText.local(try #require(TimeText.parse("2024-02-29"))) == "2024-02-29 00:00:00")
        #expect(TimeText.local(try #require(TimeText.parse("2024-02-29 07:05"))) == "2024-02-29 07:05:00")
        for text in [
            "2023-02-29", "2024-13-01", "2024-01-01 24:00:00", "yesterday", "", "2024-1-1", "2024-01-01T00:00:00",
        ] {
            #expect(TimeText.parse(text) == nil, "\(text)")
        }
        let exact = Timestamp(seconds: 1_795_351_578, nanoseconds: 758_841_500)
        #expect(TimeText.full(exact) == "2026-11-22 12:46:18.7588415 +0000 UTC")
        #expect(TimeText.full(exact.shown(utcOffsetSeconds: -12600)).hasPrefix("2026-11-22 09:16:18.7588415 -0330 "))
    }

    @Test("snapshots form restic's tables")
    func table() throws {
        var snapshot = Snapshot(
            time: Timestamp(seconds: 1_795_351_577),
            tree: try id("a"),
            paths: ["/tmp/r/src", "/etc"]
        )
        snapshot.hostname = "vm"
        snapshot.tags = ["t1", "t2"]
        let row = SnapshotText.Row(id: try id("6"), snapshot: snapshot)
        let time = TimeText.local(snapshot.time)
        #expect(
            SnapshotText.table([row], isCompact: false) == [
                "ID        Time                 Host        Tags        Paths",
                "-----------------------------------------------------------------",
                "66666666  \(time)  vm          t1,t2       /tmp/r/src",
                "                                                       /etc",
                "-----------------------------------------------------------------",
                "Timestamps shown in local time",
                "1 snapshots",
            ]
        )
        #expect(
            SnapshotText.table([row], isCompact: true).prefix(4) == [
                "ID        Time                 Host  Tags",
                "-------------------------------------------",
                "66666666  \(time)  vm    t1",
                "                                     t2",
            ]
        )
    }

    @Test("a snapshot's JSON ends with its ids")
    func snapshotJSON() throws {
        let snapshot = Snapshot(time: Timestamp(seconds: 0), tree: try id("a"), paths: ["/x"])
        var json = JSONText()
        SnapshotText.json(try id("6"), snapshot, into: &json) { $0.member("message_type", "snapshot") }
        let tree = String(repeating: "a", count: 64)
        let hex = String(repeating: "6", count: 64)
        #expect(
            json.string
                == #"{"time":"1970-01-01T00:00:00Z","tree":"\#(tree)","paths":["/x"],"id":"\#(hex)","#
                + #""short_id":"66666666","message_type":"snapshot"}"#
        )
    }

    private func id<Kind>(_ digit: String) throws -> ContentID<Kind> {
        try #require(ContentID(hex: String(repeating: digit, count: 64)))
    }
}
