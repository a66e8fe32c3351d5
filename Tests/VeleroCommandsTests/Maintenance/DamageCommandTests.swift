// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite(
    "check and repair on damaged repositories",
    .tags(.integration, .slow),
    .sharedHistory,
    .timeLimit(.minutes(5))
)
struct DamageCommandTests {
    /// What check tells programs.
    private struct Summary: Decodable, Equatable {
        var errorCount: Int
        var brokenPacks: [String]?
        var suggestsRepairIndex: Bool
        var suggestsPrune: Bool

        enum CodingKeys: String, CodingKey {
            case errorCount = "num_errors"
            case brokenPacks = "broken_packs"
            case suggestsRepairIndex = "suggest_repair_index"
            case suggestsPrune = "suggest_prune"
        }
    }

    /// Both checks, which must agree.
    private func check(
        _ bench: Workbench,
        on name: String = "repo",
        _ comment: Comment,
        readsData: Bool = false
    ) throws -> Summary {
        let words = ["check", "--json"] + (readsData ? ["--read-data"] : [])
        let ours = try bench.run(words, on: name)
        let theirs = try bench.attemptRestic(words, on: name)
        #expect(ours.code == theirs.code, "\(comment): \(ours.errorText)")
        let mine = try JSONDecoder().decode(Summary.self, from: Data(ours.text.utf8))
        let real = try JSONDecoder().decode(Summary.self, from: Data(theirs.text.utf8))
        #expect(mine == real, "\(comment): \(ours.errorText)\n\(theirs.errorText)")
        #expect((mine.errorCount > 0) == (ours.code == 1), comment)
        return mine
    }

    @Test("check finds what both restics find, with and without reading data", arguments: Damage.allCases)
    func findings(damage: Damage) throws {
        let bench = try SharedHistoryTrait.makeBench()
        let pack = try damage.strike(in: bench)
        let plain = try check(bench, "\(damage)")
        #expect((plain.errorCount > 0) == damage.isPlain)
        let reading = try check(bench, "\(damage), reading data", readsData: true)
        if damage.repairs.first?[1...] == ["packs"] { #expect(reading.brokenPacks == [try #require(pack)]) }
        guard !damage.stallsOldRestic else { return }
        let old = try ResticProgram.Release.distribution.program()
            .attempt(bench.flags(for: nil) + ["check", "--read-data"], environment: bench.environment)
        #expect(old.status == (reading.errorCount > 0 ? 1 : 0), "\(old.standardError)")
    }

    @Test("repairs end in what restic's repairs end in, and both accept it", arguments: Damage.allCases)
    func repairs(damage: Damage) throws {
        let bench = try SharedHistoryTrait.makeBench()
        let pack = try damage.strike(in: bench)
        try bench.clone("repo", to: "theirs")
        for words in damage.repairs {
            let words = words == ["repair", "packs"] ? words + [try #require(pack)] : words
            let ours = try bench.run(words, on: "repo")
            // Each leaves a copy of the damaged pack in the working directory, and refuses to overwrite one.
            if let pack { try? FileManager.default.removeItem(atPath: bench.root + "/pack-" + pack) }
            let theirs = try bench.attemptRestic(words, on: "theirs")
            #expect(ours.code == theirs.code, "\(words): \(ours.errorText)\n\(theirs.errorText)")
        }
        #expect(try state(of: "repo", bench) == state(of: "theirs", bench))
        // No command of restic removes a snapshot it cannot read.
        if [.flippedSnapshot, .shortenedSnapshot].contains(damage) {
            for name in ["repo", "theirs"] {
                let broken = try #require(try bench.snapshotIDs(name).first)
                try FileManager.default.removeItem(atPath: "\(bench.root)/\(name)/snapshots/\(broken)")
            }
        }
        let old = try ResticProgram.Release.distribution.program()
        for name in ["repo", "theirs"] {
            #expect(try check(bench, on: name, "\(damage) repaired, \(name)", readsData: true).errorCount == 0)
            try old.run(bench.flags(for: name) + ["check", "--read-data"], environment: bench.environment)
        }
        // Nothing is left to mend.
        let again = try bench.run(["repair", "snapshots"])
        #expect(again.code == 0 && again.text.contains("no snapshots were modified"), "\(again.errorText)")
    }

    /// The blobs an index lists, and the times and trees of the snapshots that can be read.
    private func state(of name: String, _ bench: Workbench) throws -> [[String]] {
        let blobs = try bench.restic(["list", "blobs"], on: name).split(separator: "\n").map(String.init)
        let snapshots = try JSONShape.array(try bench.restic(["snapshots", "--json"], on: name)).map {
            "\($0["time"] ?? "") \($0["tree"] ?? "") \($0["tags"] ?? "") \($0["original"] ?? "")"
        }
        return [Array(Set(blobs)).sorted(), snapshots.sorted()]
    }

    @Test("nothing is wrong with a new repository", arguments: ResticProgram.Release.allCases)
    func sound(release: ResticProgram.Release) async throws {
        let bench = try Workbench.withSmallSource(release, usesCache: false)
        try await bench.makeHistory()
        let outcome = try bench.run(["check", "--read-data"])
        #expect(outcome.code == 0, "\(outcome.errorText)")
        #expect(outcome.text.hasSuffix("no errors were found\n"))
        for part in ["1/2", "50%", "1M"] { #expect(try bench.run(["check", "--read-data-subset", part]).code == 0) }
        for part in ["3/2", "0/2", "1/257", "200%", "0%", "x"] {
            #expect(try bench.run(["check", "--read-data-subset", part]).code == 1)
        }
    }

    @Test("where needed data is missing, prune removes nothing and says what helps")
    func refusedPrune() throws {
        let bench = try SharedHistoryTrait.makeBench()
        let pack = try #require(try Damage.lostDataPack.strike(in: bench))
        let before = try bench.packs().map(\.id)
        let refused = try bench.run(["prune"])
        #expect(refused.code == 1 && refused.errorText.contains("repair index"), "\(refused.errorText)")
        #expect(try bench.packs().map(\.id) == before)
        let repaired = try bench.run(["repair", "index"])
        #expect(repaired.code == 0 && repaired.errorText.contains(pack), "\(repaired.errorText)")
        let dry = try bench.run(["repair", "snapshots", "--dry-run"])
        #expect(dry.code == 0 && dry.text.contains("would save new snapshot"), "\(dry.errorText)")
    }

    @Test("without any index, snapshots are not cut to pieces before the index is made anew")
    func lostIndex() throws {
        let bench = try SharedHistoryTrait.makeBench()
        try Damage.lostWholeIndex.strike(in: bench)
        let snapshots = try bench.snapshotIDs()
        #expect(try bench.run(["check"]).errorText.contains("`repair index`"))
        let hasty = try bench.run(["repair", "snapshots", "--forget"])
        #expect(hasty.code == 1 && hasty.errorText.contains("repair index"), "\(hasty.errorText)")
        #expect(try bench.snapshotIDs() == snapshots)
        #expect(try bench.run(["repair", "index"]).code == 0)
        try bench.expectSound()
    }

    @Test("repairing a pack keeps a copy of it; an abbreviated id is refused")
    func repairPacks() throws {
        let bench = try SharedHistoryTrait.makeBench()
        let pack = try #require(try Damage.flippedData.strike(in: bench))
        #expect(try bench.run(["repair", "packs", "abc"]).code == 1)
        #expect(try bench.run(["repair", "packs", pack]).code == 0)
        #expect(FileManager.default.fileExists(atPath: bench.root + "/pack-" + pack))
    }

    @Test("commands work with the other snapshots when one cannot be read, as far as restic's do")
    func unreadableSnapshot() throws {
        let bench = try SharedHistoryTrait.makeBench()
        let broken = try #require(try bench.snapshotIDs().first)
        try Damage.flippedSnapshot.strike(in: bench)
        for words in [
            ["snapshots"], ["forget", "--keep-last", "5"], ["forget", broken], ["find", "number"], ["stats"], ["prune"],
            ["tag", "--add", "x"], ["ls", "latest"], ["restore", "latest", "--target", "out"], ["repair", "index"],
        ] {
            let ours = try bench.run(words)
            let theirs = try bench.attemptRestic(words)
            #expect(ours.code == theirs.code, "\(words): \(ours.errorText)\n\(theirs.errorText)")
            #expect(words[0] == "repair" || ours.errorText.contains(broken.prefix(8)), "\(words): \(ours.errorText)")
        }
    }

    @Test("a backup names the snapshot it cannot read and goes on without it")
    func backupBesideUnreadableSnapshot() throws {
        let bench = try SharedHistoryTrait.makeBench()
        let broken = try #require(try bench.snapshotIDs().first)
        try Damage.flippedSnapshot.strike(in: bench)
        try FileManager.default.createDirectory(atPath: bench.source, withIntermediateDirectories: true)
        try bench.write("new\n", to: "file")
        let outcome = try bench.run(["backup", "--host", "h", "src"])
        #expect(outcome.code == 0, "a volume is not left without a backup, unlike with restic")
        #expect(outcome.errorText.contains("snapshot \(broken.prefix(8)) cannot be read"), "\(outcome.errorText)")
        // One that is named must be readable.
        let named = try bench.run(["backup", "--host", "h", "src", "--parent", broken])
        #expect(named.code == 1 && named.errorText.contains(broken), "\(named.errorText)")
    }

    @Test("packs of an interrupted run are a hint for prune, not an error")
    func orphanedPacks() async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(snapshotCount: 1)
        let (snapshots, indexes) = (try bench.snapshotIDs(), try bench.indexFiles())
        try bench.write("interrupted", to: "new")
        try bench.restic(["backup", "-q", "src"])
        for id in try bench.snapshotIDs() where !snapshots.contains(id) {
            try FileManager.default.removeItem(atPath: "\(bench.repository)/snapshots/\(id)")
        }
        for path in try bench.indexFiles() where !indexes.contains(path) {
            try FileManager.default.removeItem(atPath: path)
        }
        let summary = try check(bench, "orphaned packs")
        #expect(summary.errorCount == 0 && summary.suggestsPrune)
        #expect(try bench.run(["prune"]).code == 0)
        #expect(try check(bench, "after prune").suggestsPrune == false)
        try bench.expectSound()
    }
}
