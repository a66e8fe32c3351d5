// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("backup, restore, dump, find and digest", .timeLimit(.minutes(5)))
struct BackupCommandTests {
    @Test("the summary has restic's members and types, and restic's numbers")
    func summary() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let ours = try bench.run(["backup", "--json", "src", "--tag", "a,b"])
        #expect(ours.code == 0, "\(ours.errorText)")
        try FileManager.default.moveItem(atPath: bench.repository, toPath: bench.root + "/ours")
        try await bench.makeRepository()
        let theirs = try bench.restic(["backup", "--json", "src", "--tag", "a,b"])
        let left = try JSONShape.last(of: ours.text, type: "summary")
        let right = try JSONShape.last(of: theirs, type: "summary")
        #expect(JSONShape.of(left) == JSONShape.of(right))
        for member in [
            "files_new", "files_changed", "files_unmodified", "dirs_new", "dirs_changed", "dirs_unmodified",
            "data_blobs",
            "tree_blobs", "total_files_processed", "total_bytes_processed",
        ] {
            #expect(left[member] as? Int == right[member] as? Int, "\(member)")
        }
        let mine = try bench.velero.run(
            ["restic", "-r", bench.root + "/ours", "snapshots", "--json"],
            environment: bench.environment
        )
        let snapshots = try JSONShape.array(String(decoding: mine, as: UTF8.self))
        let others = try JSONShape.array(try bench.restic(["snapshots", "--json"]))
        #expect(JSONShape.of(snapshots) == JSONShape.of(others))
        #expect(snapshots.first?["tree"] as? String == others.first?["tree"] as? String)
    }

    @Test("every message of a verbose backup has a shape restic's has")
    func verboseMessages() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let fast = ["RESTIC_PROGRESS_FPS": "60"]
        let ours = try bench.run(["backup", "--json", "-vv", "src"], adding: fast)
        let theirs = try bench.restic(["backup", "--json", "-vv", "src"])
        let verbose = try JSONShape.messages(theirs).filter { $0["message_type"] as? String == "verbose_status" }
        let known = Set(verbose.map { JSONShape.of($0) })
        for message in try JSONShape.messages(ours.text) where message["message_type"] as? String == "verbose_status" {
            #expect(known.contains(JSONShape.of(message)), "\(message)")
        }
    }

    @Test("a restore gives back what was saved, and says so as restic does")
    func restore() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        #expect(try bench.run(["backup", "."], adding: [:]).code == 0)
        let first = try bench.run(["restore", "latest:/src", "--target", "out", "--json"])
        #expect(first.code == 0, "\(first.errorText)")
        try requireProgram("diff").run(["-r", bench.source, bench.root + "/out"])
        try FileManager.default.removeItem(atPath: bench.root + "/out")
        let theirs = try bench.restic(["restore", "latest:/src", "--target", "out", "--json"])
        #expect(try members(first.text) == members(theirs))
        let again = try bench.run(["restore", "latest:/src", "--target", "out", "--json"])
        let theirsAgain = try bench.restic(["restore", "latest:/src", "--target", "out", "--json"])
        #expect(try members(again.text) == members(theirsAgain))
        let verified = try bench.run(["restore", "latest:/src", "--target", "out", "--verify", "--delete"])
        #expect(verified.code == 0 && verified.text.contains("Summary: Restored"))
    }

    @Test("-vv tells of every entry what restic tells")
    func restoredItems() async throws {
        let bench = try Workbench.withSmallSource()
        try requireProgram("mkfifo").run([bench.source + "/pipe"])
        try FileManager.default.linkItem(atPath: bench.source + "/a", toPath: bench.source + "/hard")
        try await bench.makeRepository()
        try bench.restic(["backup", "-q", "src"])
        func items(_ text: String) -> [String] {
            text.split(separator: "\n").map(String.init)
                .filter { ["restored", "updated", "unchanged"].contains($0.prefix { $0 != " " }) }.sorted()
        }
        let words = ["restore", "latest", "--target", "out", "-vv"]
        for change in ["", "other", "longer than before"] {
            for target in ["ours", "theirs"] where !change.isEmpty {
                try Data(change.utf8).write(to: URL(fileURLWithPath: "\(bench.root)/\(target)/src/sub/big"))
            }
            let ours = try bench.run(words.map { $0 == "out" ? "ours" : $0 })
            let theirs = try bench.restic(words.map { $0 == "out" ? "theirs" : $0 })
            #expect(ours.code == 0, "\(ours.errorText)")
            let (mine, real) = (items(ours.text), items(theirs))
            #expect(!real.isEmpty && mine.count == real.count)
            // Which name of a file comes first is not for either to promise.
            #expect(
                mine.filter { !$0.contains("/a") && !$0.contains("/hard") }
                    == real.filter { !$0.contains("/a") && !$0.contains("/hard") }
            )
        }
    }

    @Test("a dry run's summary has the members restic's has")
    func dryRunSummary() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let words = ["backup", "src", "--dry-run", "--json"]
        let ours = try JSONShape.last(of: bench.run(words).text, type: "summary")
        let theirs = try JSONShape.last(of: bench.restic(words), type: "summary")
        #expect(JSONShape.of(ours) == JSONShape.of(theirs))
        #expect((ours["snapshot_id"] as? String)?.utf8.count == 64)
        #expect(try bench.restic(["list", "snapshots"]).isEmpty)
    }

    private func members(_ text: String) throws -> [String: Int] {
        try JSONShape.last(of: text, type: "summary").compactMapValues { $0 as? Int }.filter {
            $0.key != "seconds_elapsed"
        }
    }

    @Test("a restore needs a sensible target")
    func restoreTargets() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let file = try bench.run(["restore", "latest", "--target", "src/a"])
        #expect(file.code == 1 && file.errorText.contains("no directory"))
        let root = try bench.run(["restore", "latest", "--target", "/", "--delete"])
        #expect(root.code == 1 && root.errorText.contains("--delete"))
        let dry = try bench.run(["restore", "latest", "--target", "fresh", "--dry-run", "-vv"])
        #expect(dry.code == 0, "\(dry.errorText)")
        #expect(!FileManager.default.fileExists(atPath: bench.root + "/fresh"))
        #expect(try bench.run(["restore", "latest:/nowhere", "--target", "x"]).errorText.contains("/nowhere"))
        #expect(try bench.run(["restore", "ffffffff", "--target", "x"]).code == 1)
    }

    @Test("streams are backed up and come out again; a failing program leaves no snapshot")
    func streams() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let text = Array(String(repeating: "line of a dump\n", count: 100_000).utf8)
        let stored = try bench.run(["backup", "--stdin", "--stdin-filename", "all.sql"], input: text)
        #expect(stored.code == 0, "\(stored.errorText)")
        let dumped = try bench.velero.run(["restic", "dump", "latest", "all.sql"], environment: bench.environment)
        #expect(dumped == text)
        #expect(dumped == (try bench.resticProgram.run(["dump", "latest", "all.sql"], environment: bench.environment)))
        let failed = try bench.run(["backup", "--stdin-from-command", "--", "sh", "-c", "echo x; exit 4"])
        #expect(failed.code == 1 && failed.errorText.contains("exit code 4"))
        #expect(try bench.run(["backup", "--stdin-from-command", "--", "sh", "-c", "echo x"]).code == 0)
        #expect(try bench.restic(["list", "snapshots"]).split(separator: "\n").count == 2)
    }

    @Test("a dumped directory is an archive like restic's")
    func dump() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let path = ["latest", "/src", "--path", bench.source]
        try bench.run(["dump", "-t", "ours.tar"] + path)
        try bench.restic(["dump", "-t", "theirs.tar"] + path)
        let tar = try requireProgram("tar")
        let listings = try ["ours", "theirs"].map { try tar.run(["tvf", "\(bench.root)/\($0).tar"]) }
        #expect(String(decoding: listings[0], as: UTF8.self) == String(decoding: listings[1], as: UTF8.self))
        #expect(try bench.run(["dump", "latest", "/nowhere"]).code == 1)
    }

    @Test("find prints what restic prints")
    func find() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let blobs = try bench.restic(["list", "blobs"]).split(separator: "\n")
        let blob = String(try #require(blobs.first { $0.hasPrefix("data ") }).dropFirst(5))
        let pack = try bench.restic(["list", "packs"]).line(0)
        for words in [
            ["a"], ["-l", "b*"], ["-i", "BIG"], ["--json", "big"], ["/src/sub"], ["--newest", "2001-01-01", "a"],
            ["--json", "nowhere"],
            ["--blob", blob], ["--json", "--blob", blob], ["--pack", pack],
            ["--show-pack-id", "--blob", blob],
        ] {
            let ours = try bench.run(["find"] + words)
            #expect(ours.code == 0, "\(words): \(ours.errorText)")
            #expect(try ours.text.sortedLines == bench.restic(["find"] + words).sortedLines, "\(words)")
        }
    }

    @Test("the digest of a snapshot is that of the directory it was made from")
    func digest() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let inSource = try bench.velero.attempt(
            ["restic", "backup", "."],
            environment: bench.environment,
            directory: bench.source
        )
        #expect(inSource.status == 0, "\(inSource.standardError)")
        let ofSnapshot = try bench.run(["digest", "latest"])
        let ofDirectory = try bench.run(["digest", bench.source])
        #expect(ofSnapshot.code == 0 && ofSnapshot.text == ofDirectory.text && ofSnapshot.text.utf8.count == 65)
        try bench.write("changed", to: "a")
        #expect(try bench.run(["digest", bench.source]).text != ofSnapshot.text)
    }

    @Test("the digest of a snapshot that restic made is that of what is restored from it")
    func digestOfForeignSnapshot() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        try requireProgram("mkfifo").run([bench.source + "/sub/pipe"])
        try requireProgram("chmod").run(["2750", bench.source + "/sub"])
        try bench.write("", to: "empty")
        try bench.restic(["backup", "-q", "src"])
        #expect(try bench.run(["restore", "latest", "--target", bench.root + "/restored"]).code == 0)
        let whole = try bench.run(["digest", "latest"])
        #expect(whole.code == 0 && whole.text.utf8.count == 65, "\(whole.errorText)")
        #expect(try bench.run(["digest", bench.root + "/restored"]).text == whole.text)
        let part = try bench.run(["digest", "latest:/src"])
        #expect(part.text != whole.text)
        #expect(try bench.run(["digest", bench.source]).text == part.text)
        #expect(try bench.run(["digest", bench.root + "/restored/src"]).text == part.text)
        let missing = try bench.run(["digest", "latest:/other"])
        #expect(missing.code == 1 && missing.errorText.contains("/other"))
        let message = try JSONShape.last(of: bench.run(["digest", "latest", "--json"]).text, type: "digest")
        #expect(message["digest"] as? String == String(whole.text.dropLast()))
    }

    @Test("patterns, marks and lists choose what is backed up as with restic")
    func selection() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        try FileManager.default.createDirectory(atPath: bench.source + "/cache", withIntermediateDirectories: false)
        try bench.write("Signature: 8a477f597d28d172789f06886806bc55", to: "cache/CACHEDIR.TAG")
        try bench.write("x", to: "cache/content")
        try bench.write("x", to: "NOTES.TMP")
        try Data("# comment\n*.old\n".utf8).write(to: URL(fileURLWithPath: bench.root + "/patterns"))
        try bench.write("x", to: "b.old")
        let list = Array("src/a\0src/sub\0".utf8)
        try Data(list).write(to: URL(fileURLWithPath: bench.root + "/list"))
        for words in [
            ["src", "--exclude-caches", "--iexclude", "*.tmp"],
            ["src", "--exclude-file", "patterns", "-e", "/src/sub"],
            ["--files-from-raw", "list"], ["src", "--exclude-larger-than", "1k"],
            [
                "src", "--exclude-if-present", "CACHEDIR.TAG:Sig", "-e", "sub", "--host", "h", "--time",
                "2024-02-29 10:00:00",
            ],
        ] {
            let ours = try bench.run(["backup"] + words)
            #expect(ours.code == 0, "\(words): \(ours.errorText)")
            let tree = try JSONShape.array(try bench.restic(["snapshots", "--json"])).last?["tree"] as? String
            try bench.restic(["forget", "-q", "latest"])
            try bench.restic(["backup", "-q"] + words)
            let expected = try JSONShape.array(try bench.restic(["snapshots", "--json"])).last?["tree"] as? String
            #expect(tree == expected, "\(words)")
            try bench.restic(["forget", "-q", "latest"])
        }
    }
}

@Suite("Repositories behind S3", .s3Server(.rclone), .timeLimit(.minutes(5)))
struct S3CommandTests {
    @Test("a missing bucket, wrong keys and a silent host are told apart")
    func failures() throws {
        let server = try S3TestServer.required()
        let bench = try Workbench.withSmallSource()
        let missing = try bench.run(
            ["-r", server.location(bucket: "missing"), "snapshots"],
            adding: server.environment
        )
        #expect(missing.code == 10)
        #expect(missing.errorText.contains("does not exist"), "\(missing.errorText)")
        var wrong = server.environment
        wrong["AWS_SECRET_ACCESS_KEY"] = String(repeating: "x", count: 40)
        let refused = try bench.run(["-r", server.location(bucket: "missing"), "snapshots"], adding: wrong)
        #expect(refused.code == 1)
        #expect(refused.errorText != missing.errorText)
        let malformed = try bench.run(["-r", "s3:", "snapshots"], adding: server.environment)
        #expect(malformed.code == 1)
    }

    @Test("backup, check by restic, restore")
    func roundTrip() throws {
        let server = try S3TestServer.required()
        let bench = try Workbench.withSmallSource()
        let location = ["-r", server.location(bucket: "volumes", prefix: "a/b")]
        for words in [["init"], ["backup", "src"], ["backup", "src", "-o", "s3.connections=3"], ["snapshots"]] {
            let outcome = try bench.run(location + words, adding: server.environment)
            #expect(outcome.code == 0, "\(words): \(outcome.errorText)")
        }
        let environment = bench.environment.merging(server.environment) { $1 }
        try bench.resticProgram.run(location + ["check", "--read-data"], environment: environment)
        let restored = try bench.run(
            location + ["restore", "latest", "--target", "out", "--verify"],
            adding: server.environment
        )
        #expect(restored.code == 0, "\(restored.errorText)")
        try requireProgram("diff").run(["-r", bench.source, bench.root + "/out/src"])
    }
}

extension String {
    /// The lines in the order of their bytes.
    var sortedLines: [Substring] { split(separator: "\n").sorted() }
}
