// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ResticFormat
import TestSupport
import Testing
import VolumeIO

@Suite("Restorer", .timeLimit(.minutes(2)))
struct RestorerTests {
    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func status(_ path: String) throws -> FileMetadata {
        let url = URL(fileURLWithPath: path)
        return try OpenDirectory.open(path: url.deletingLastPathComponent().path)
            .metadata(of: FileName(url.lastPathComponent))
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("files, directories, links and metadata arrive", arguments: [true, false])
    func everything(isNew: Bool) async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            let nodes = [
                try source.directory("d", source.file("f", bytes("one"), bytes("two")), mode: 0o555),
                source.file("empty"), source.link("l", to: "d/f"), source.node("pipe", .fifo, 0o010620),
            ]
            let outcome = try await restore(nodes, from: source, to: path, isNew: isNew)
            #expect(outcome.failures.isEmpty, "\(outcome.failures)")
            #expect(text(path + "/d/f") == "onetwo" && text(path + "/empty") == "")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path + "/l") == "d/f")
            #expect(try status(path + "/d").mode == 0o040555 && status(path + "/pipe").mode == 0o010620)
            for name in ["d", "d/f", "empty", "l", "pipe"] {
                let modified = try status(path + "/" + name).modified
                #expect(modified == FileTime(seconds: 1_600_000_000, nanoseconds: 123_456_789), "\(name)")
            }
            #expect(outcome.counts.filesFound == 5 && outcome.counts.filesRestored == 5)
            #expect(outcome.counts.bytesFound == 6 && outcome.counts.bytesRestored == 6)
        }
    }

    @Test("owners are those of the numbers or, when asked, of the names that this host knows", .enabled(if: isRoot))
    func owners() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            var known = source.file("known", bytes("x"))
            (known.userID, known.groupID, known.user, known.group) = (12_345, 23_456, "root", "root")
            var unknown = source.link("unknown", to: "known")
            (unknown.userID, unknown.groupID, unknown.user, unknown.group) = (12_345, 23_456, "no such user", "")
            for byName in [false, true] {
                let outcome = try await restore([known, unknown], from: source, to: path) {
                    $0.restoresOwnersByName = byName
                }
                #expect(outcome.failures.isEmpty, "\(outcome.failures)")
                let (file, link) = (try status(path + "/known"), try status(path + "/unknown"))
                #expect(file.ownerID == (byName ? 0 : 12_345) && file.groupID == (byName ? 0 : 23_456))
                #expect(link.ownerID == 12_345 && link.groupID == 23_456)
            }
        }
    }

    @Test("names that leave the target are refused, and nothing is written outside")
    func hostileNames() async throws {
        try await withTemporaryDirectory { path in
            let target = path + "/target"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            let source = ScriptedSource()
            let nodes = [
                source.file("..", bytes("x")), source.file(".", bytes("x")), source.file("../evil", bytes("x")),
                source.file(path + "/evil", bytes("x")), source.file("a/b", bytes("x")),
                source.file("z\0z", bytes("x")),
                try source.directory("../dir", source.file("f", bytes("x"))), source.file("good", bytes("x")),
            ]
            let outcome = try await restore(nodes, from: source, to: target)
            #expect(outcome.failures.count == 7)
            #expect(try names(path) == ["target"] && names(target) == ["good"])
        }
    }

    @Test("links that stand in the target are replaced, never followed")
    func linksInTheTarget() async throws {
        try await withTemporaryDirectory { path in
            let (target, outside) = (path + "/target", path + "/outside")
            for directory in [target, outside] {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            try write(bytes("precious"), to: outside + "/f")
            for (name, destination) in [("d", outside), ("l", outside + "/f"), ("new", outside + "/created")] {
                try FileManager.default.createSymbolicLink(
                    atPath: target + "/" + name,
                    withDestinationPath: destination
                )
            }
            let source = ScriptedSource()
            let nodes = [
                try source.directory("d", source.file("f", bytes("mine"))), source.file("l", bytes("mine")),
                source.file("new", bytes("mine")),
            ]
            let outcome = try await restore(nodes, from: source, to: target) { $0.deletesExtraEntries = true }
            #expect(outcome.failures.isEmpty, "\(outcome.failures)")
            #expect(try names(outside) == ["f"] && text(outside + "/f") == "precious")
            #expect(text(target + "/d/f") == "mine" && text(target + "/l") == "mine" && text(target + "/new") == "mine")
            #expect(try status(target + "/d").mode == 0o040750)
        }
    }

    @Test(
        "what exists is treated as the policy says",
        arguments: [
            (OverwritePolicy.always, 0, "new text", RestoredItem.Action.updated),
            (.ifChanged, 0, "new text", .updated), (.ifChanged, 1_600_000_000, "old text", .unchanged),
            (.ifNewer, 0, "new text", .updated), (.ifNewer, 1_900_000_000, "old text", .unchanged),
            (.never, 0, "old text", .unchanged),
        ]
    )
    func overwriting(policy: OverwritePolicy, seconds: Int, expected: String, action: RestoredItem.Action) async throws
    {
        try await withTemporaryDirectory { path in
            try write(bytes("old text"), to: path + "/f")
            let time = FileTime(seconds: Int64(seconds), nanoseconds: seconds == 1_600_000_000 ? 123_456_789 : 0)
            try OpenDirectory.open(path: path).setTimes(accessed: time, modified: time, of: FileName("f"))
            let source = ScriptedSource()
            let outcome = try await restore([source.file("f", bytes("new text"))], from: source, to: path) {
                $0.overwrite = policy
            }
            #expect(outcome.failures.isEmpty && outcome.actions["/f"] == action)
            #expect(text(path + "/f") == expected)
            #expect(outcome.counts.filesSkipped == (action == .unchanged ? 1 : 0))
        }
    }

    @Test("only chunks that differ are fetched, and files are cut to length")
    func mending() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            let node = source.file("f", bytes("same"), bytes("differs"))
            source.lose(source.add(chunk: bytes("same")))
            try write(bytes("sameDIFFERSand more"), to: path + "/f")
            let outcome = try await restore([node], from: source, to: path)
            #expect(outcome.failures.isEmpty && text(path + "/f") == "samediffers")
            #expect(outcome.actions["/f"] == .updated)
            let again = try await restore([node], from: source, to: path)
            #expect(again.actions["/f"] == .unchanged && again.counts.bytesSkipped == 11)
        }
    }

    @Test("a file its owner may not write is replaced")
    func readOnlyFile() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            try write(bytes("old"), to: path + "/f")
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path + "/f")
            let outcome = try await restore([source.file("f", bytes("new"))], from: source, to: path)
            #expect(outcome.failures.isEmpty && text(path + "/f") == "new")
        }
    }

    @Test("extra entries go when asked, but not where a name could not be read")
    func deleting() async throws {
        try await withTemporaryDirectory { path in
            for directory in ["/d/extra/deep", "/odd"] {
                try FileManager.default.createDirectory(atPath: path + directory, withIntermediateDirectories: true)
            }
            for name in ["/d/extra/deep/f", "/d/kept", "/odd/x", "/x"] { try write([1], to: path + name) }
            let source = ScriptedSource()
            let nodes = [
                try source.directory("d", source.file("kept", [2])),
                try source.directory("odd", source.file("a/b", [3]), source.file("c", [3])),
            ]
            let rehearsal = try await restore(nodes, from: source, to: path) {
                $0.deletesExtraEntries = true
                $0.isDryRun = true
            }
            #expect(rehearsal.counts.filesDeleted == 2 && FileManager.default.fileExists(atPath: path + "/x"))
            let outcome = try await restore(nodes, from: source, to: path) { $0.deletesExtraEntries = true }
            #expect(outcome.counts.filesDeleted == 2 && outcome.failures.count == 1)
            #expect(try names(path) == ["d", "odd"] && names(path + "/d") == ["kept"])
            #expect(try names(path + "/odd") == ["c", "x"])
        }
    }

    @Test("hard links are made anew and other names of an old file stay as they are")
    func hardLinks() async throws {
        try await withTemporaryDirectory { path in
            try write(bytes("old"), to: path + "/a")
            try FileManager.default.linkItem(atPath: path + "/a", toPath: path + "/foreign")
            try write(bytes("else"), to: path + "/b")
            let source = ScriptedSource()
            var (first, second) = (source.file("a", bytes("content")), source.file("b", bytes("content")))
            (first.links, second.links, first.inode, second.inode) = (2, 2, 7, 7)
            let outcome = try await restore([first, second], from: source, to: path)
            #expect(outcome.failures.isEmpty, "\(outcome.failures)")
            #expect(text(path + "/a") == "content" && text(path + "/b") == "content")
            #expect(text(path + "/foreign") == "old")
            #expect(try status(path + "/a").inode == status(path + "/b").inode)
            #expect(outcome.counts.bytesFound == 7 && outcome.counts.bytesRestored == 7)
            try FileManager.default.removeItem(atPath: path + "/b")
            try write(bytes("mine"), to: path + "/b")
            let kept = try await restore([first, second], from: source, to: path) { $0.overwrite = .never }
            #expect(text(path + "/b") == "mine" && kept.counts.filesSkipped == 2)
        }
    }

    @Test("what cannot be read is reported by name and the rest is restored")
    func losses() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            let missing = source.file("missing", bytes("lost"), bytes("found"))
            let directory = try source.directory("d", source.file("f", bytes("x")))
            source.lose(source.add(chunk: bytes("lost")))
            source.lose(try #require(directory.subtree))
            var wrong = source.file("wrong", bytes("four"))
            wrong.size = 5
            let nodes = [missing, directory, wrong, source.file("good", bytes("found"))]
            let outcome = try await restore(nodes, from: source, to: path)
            #expect(outcome.failedPaths == ["/d", "/missing", "/wrong"])
            #expect(outcome.failures.contains { $0.message.contains("is lost") })
            #expect(text(path + "/good") == "found")
        }
    }

    private struct OnlyText: RestoreSelection {
        func decision(_ path: [UInt8], isDirectory: Bool) -> (restores: Bool, descends: Bool) {
            (path.suffix(4).elementsEqual(bytes(".txt")), true)
        }
    }

    @Test("directories that only lead to what is selected are made then alone, with their metadata")
    func selection() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            let nodes = [
                try source.directory("none", source.directory("deep", source.file("f", bytes("x")))),
                try source.directory("some", source.directory("deep", source.file("f.txt", bytes("x"))), mode: 0o710),
            ]
            let outcome = try await restore(nodes, from: source, to: path) { $0.selection = OnlyText() }
            #expect(outcome.failures.isEmpty)
            #expect(try names(path) == ["some"] && status(path + "/some").mode == 0o040710)
            #expect(text(path + "/some/deep/f.txt") == "x")
        }
    }

    @Test("extra entries that are not selected stay")
    func selectedDeletion() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            for name in ["extra.txt", "extra.png"] { try write(bytes("x"), to: path + "/" + name) }
            let nodes = [source.file("kept.txt", bytes("x"))]
            let outcome = try await restore(nodes, from: source, to: path) {
                $0.selection = OnlyText()
                $0.deletesExtraEntries = true
            }
            #expect(outcome.failures.isEmpty)
            #expect(try names(path) == ["extra.png", "kept.txt"])
            #expect(outcome.actions["/extra.txt"] == .deleted)
        }
    }

    @Test("links, directories and further names are told as restored, files by what became of them")
    func actions() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            var nodes = [
                source.link("l", to: "a"), try source.directory("d", source.file("f", bytes("x"))),
                source.node("p", .fifo, 0o010644), source.file("a", bytes("abc")),
            ]
            #expect(try await restore(nodes, from: source, to: path).failures.isEmpty)
            nodes[3] = source.file("a", bytes("abd"))
            let again = try await restore(nodes, from: source, to: path)
            #expect(
                again.actions == [
                    "/l": .restored, "/d": .restored, "/d/f": .unchanged, "/p": .restored, "/a": .updated,
                ]
            )
        }
    }

    @Test("zeros become holes in new files")
    func sparseFiles() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            let zeros = [UInt8](repeating: 0, count: ZeroChunk.byteCount)
            var end = zeros
            end[ZeroChunk.byteCount - 1] = 1
            let nodes = [
                source.file("hole", zeros, zeros, end), source.file("all", zeros), source.file("short", [0, 0]),
            ]
            let outcome = try await restore(nodes, from: source, to: path) { $0.writesSparseFiles = true }
            #expect(outcome.failures.isEmpty)
            #expect(FileManager.default.contents(atPath: path + "/hole") == Data(zeros + zeros + end))
            #expect(FileManager.default.contents(atPath: path + "/all") == Data(zeros))
            #expect(FileManager.default.contents(atPath: path + "/short") == Data([0, 0]))
            #expect(try status(path + "/hole").allocatedByteCount < 32_768)
        }
    }

    @Test("set-user-ID and sticky bits survive the change of owner", .enabled(if: isRoot))
    func specialBits() async throws {
        try await withTemporaryDirectory { path in
            let source = ScriptedSource()
            var nodes = [
                source.file("setuid", bytes("x"), mode: 0o4755), source.file("setgid", bytes("y"), mode: 0o2755),
                try source.directory("sticky", mode: 0o3777),
            ]
            for index in nodes.indices { (nodes[index].userID, nodes[index].groupID) = (1234, 54321) }
            #expect(try await restore(nodes, from: source, to: path).failures.isEmpty)
            #expect(try status(path + "/setuid").mode == 0o104755)
            #expect(try status(path + "/setgid").mode == 0o102755)
            #expect(try status(path + "/sticky").mode == 0o043777)
        }
    }

    @Test("a dry run writes nothing and tells what it would do")
    func dryRun() async throws {
        try await withTemporaryDirectory { path in
            try write(bytes("same"), to: path + "/same")
            try write(bytes("old"), to: path + "/other")
            let source = ScriptedSource()
            let nodes = [
                source.file("same", bytes("same")), source.file("other", bytes("new")),
                try source.directory("d", source.file("f", bytes("x")), source.link("l", to: "f")),
            ]
            let outcome = try await restore(nodes, from: source, to: path) { $0.isDryRun = true }
            #expect(outcome.failures.isEmpty)
            #expect(try names(path) == ["other", "same"] && text(path + "/other") == "old")
            #expect(outcome.actions["/same"] == .unchanged && outcome.actions["/other"] == .updated)
            #expect(outcome.counts.filesRestored == 4 && outcome.counts.filesSkipped == 1)
        }
    }
}
