// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("forget, prune, tag and copy", .tags(.integration, .slow), .timeLimit(.minutes(5)))
struct RetentionCommandTests {
    private struct Group: Decodable {
        struct Item: Decodable { var id: String }
        struct Reason: Decodable {
            var snapshot: Item
            var matches: [String]
        }
        var tags: [String]?
        var host: String
        var paths: [String]?
        var keep: [Item]?
        var remove: [Item]?
        var reasons: [Reason]?
    }

    @Test("forget and prune leave what restic finds sound", arguments: ResticProgram.Release.allCases, [1, 2])
    func forgetAndPrune(release: ResticProgram.Release, version: Int) async throws {
        let bench = try Workbench.withSmallSource(release, usesCache: false)
        try await bench.makeHistory(version: version)
        let dry = try bench.run(["forget", "--keep-last", "1", "--prune", "--dry-run"])
        #expect(dry.code == 0, "\(dry.errorText)")
        #expect(dry.text.contains("Would have removed the following snapshots:"))
        #expect(try bench.snapshotIDs().count == 3)

        let outcome = try bench.run(["forget", "--keep-last", "1", "--prune", "--max-unused", "0", "--json"])
        #expect(outcome.code == 0, "\(outcome.errorText)")
        let groups = try JSONDecoder().decode([Group].self, from: Data(outcome.text.utf8))
        #expect(groups.count == 1)
        let group = try #require(groups.first)
        #expect(group.tags == nil && group.host == "h")
        #expect(group.keep?.map(\.id) == (try bench.snapshotIDs()))
        #expect(group.remove?.count == 2)
        #expect(group.reasons?.map(\.matches) == [["last snapshot"]])
        try bench.expectSound()
        let again = try bench.run(["prune", "--max-unused", "0", "--dry-run", "--json"])
        #expect(again.code == 0, "\(again.errorText)")
        #expect(again.text.contains(#""remove_total":0"#))
    }

    @Test(
        "the same choice as restic's",
        arguments: [
            ["--keep-last", "2"], ["--keep-daily", "1", "--keep-tag", "t0"], ["--keep-within", "1h"],
            ["--keep-last", "1", "--group-by", "tags"], ["--keep-last", "1", "--group-by", ""],
        ]
    )
    func sameChoice(words: [String]) async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory()
        let ours = try bench.run(["forget", "--json", "--dry-run"] + words)
        #expect(ours.code == 0, "\(ours.errorText)")
        let theirs = try bench.restic(["forget", "--json", "--dry-run"] + words)
        let byKey = { (group: Group) in "\(group.tags ?? [])\(group.host)\(group.paths ?? [])" }
        let mine = try JSONDecoder().decode([Group].self, from: Data(ours.text.utf8)).sorted { byKey($0) < byKey($1) }
        let real = try JSONDecoder().decode([Group].self, from: Data(theirs.utf8)).sorted { byKey($0) < byKey($1) }
        #expect(mine.map(byKey) == real.map(byKey))
        for (left, right) in zip(mine, real) {
            #expect(left.keep?.map(\.id) == right.keep?.map(\.id))
            #expect(left.remove?.map(\.id) == right.remove?.map(\.id))
            #expect(left.reasons?.map(\.matches) == right.reasons?.map(\.matches))
        }
    }

    @Test("forget refuses what would remove everything by mistake")
    func refusals() async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(snapshotCount: 1)
        for words in [
            [], ["--keep-last", "0"], ["--unsafe-allow-remove-all"], ["--keep-tag", "nobody"], ["--keep-last", "x"],
            ["--keep-last", "1", "--group-by", "size"],
        ] {
            let outcome = try bench.run(["forget"] + words)
            #expect(outcome.code == 1, "\(words)")
            #expect(outcome.errorText.hasPrefix("Fatal: "))
        }
        #expect(try bench.snapshotIDs().count == 1)
        let outcome = try bench.run(["forget", "--unsafe-allow-remove-all", "--host", "h"])
        #expect(outcome.code == 0, "\(outcome.errorText)")
        #expect(try bench.snapshotIDs().isEmpty)
        #expect(try bench.run(["prune"]).code == 0)
        try bench.expectSound()
    }

    @Test("tags change as restic changes them")
    func tags() async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(snapshotCount: 1)
        let old = try #require(try bench.snapshotIDs().first)
        let outcome = try bench.run(["tag", "--add", "x,y", "--remove", "t0", "--json"])
        #expect(outcome.code == 0, "\(outcome.errorText)")
        let new = try #require(try bench.snapshotIDs().first)
        #expect(
            outcome.text == """
                {"message_type":"changed","old_snapshot_id":"\(old)","new_snapshot_id":"\(new)"}
                {"message_type":"summary","changed_snapshots":1}

                """
        )
        let listed = try bench.restic(["snapshots", "--json"])
        #expect(listed.contains(#""tags":["x","y"]"#))
        #expect(listed.contains(#""original":"\#(old)""#))
        #expect(try bench.run(["tag", "--add", "x"]).text == "no snapshots were modified\n")
        #expect(try bench.run(["tag"]).code == 1)
    }

    @Test("copies between the formats are sound and made once", arguments: [1, 2])
    func copy(version: Int) async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(version: version, snapshotCount: 2)
        try await bench.makeRepository("second", version: 3 - version)
        let words = ["copy", "--from-repo", bench.repository]
        let first = try bench.run(words + ["latest"], on: "second")
        #expect(first.code == 0, "\(first.errorText)")
        #expect(try bench.snapshotIDs("second").count == 1)
        #expect(try bench.run(words, on: "second").code == 0)
        #expect(try bench.snapshotIDs("second").count == 2)
        let again = try bench.run(words, on: "second")
        #expect(again.code == 0 && again.text.isEmpty, "\(again.text)\(again.errorText)")
        try bench.expectSound("second")
        #expect(try bench.run(["copy", "--from-repo", bench.location("second")], on: "second").code == 1)
        let unlocked = try bench.run(words + ["--from-insecure-no-password"], on: "second")
        #expect(unlocked.code == 1, "the source has a password")
    }
}
