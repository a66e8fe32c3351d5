// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("check and repair on damaged repositories", .tags(.integration, .slow), .timeLimit(.minutes(5)))
struct DamageCommandTests {
    private struct Summary: Decodable {
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

    /// Both checks, which must agree on what restic tells programs.
    private func check(_ bench: MaintenanceBench, _ words: [String] = []) throws -> Summary {
        let ours = try bench.velero(["check", "--json"] + words)
        let theirs = try bench.restic.attempt(repository: bench.repository, ["check", "--json"] + words)
        #expect(ours.code == theirs.status, "\(ours.errorText)")
        let mine = try JSONDecoder().decode(Summary.self, from: Data(ours.text.utf8))
        let real = try JSONDecoder().decode(Summary.self, from: Data(theirs.standardOutput))
        #expect(mine.errorCount == real.errorCount, "\(ours.errorText)")
        #expect(mine.brokenPacks == real.brokenPacks)
        #expect(mine.suggestsRepairIndex == real.suggestsRepairIndex)
        #expect(mine.suggestsPrune == real.suggestsPrune)
        return mine
    }

    private func repairSnapshots(_ bench: MaintenanceBench) throws {
        let dry = try bench.velero(["repair", "snapshots", "--dry-run"])
        #expect(dry.code == 0 && dry.text.contains("would save new snapshot"), "\(dry.errorText)")
        let before = try bench.snapshotIDs()
        let repaired = try bench.velero(["repair", "snapshots", "--forget"])
        #expect(repaired.code == 0, "\(repaired.errorText)")
        #expect(try bench.snapshotIDs() != before)
        try bench.expectSound()
        #expect(try bench.velero(["repair", "snapshots"]).text.contains("no snapshots were modified"))
    }

    @Test("nothing is wrong with a new repository", arguments: ResticProgram.Release.allCases)
    func sound(release: ResticProgram.Release) throws {
        let bench = try MaintenanceBench(release)
        try bench.make()
        let outcome = try bench.velero(["check", "--read-data"])
        #expect(outcome.code == 0, "\(outcome.errorText)")
        #expect(outcome.text.hasSuffix("no errors were found\n"))
        for part in ["1/2", "50%", "1M"] { #expect(try bench.velero(["check", "--read-data-subset", part]).code == 0) }
        for part in ["3/2", "0/2", "1/257", "200%", "0%", "x"] {
            #expect(try bench.velero(["check", "--read-data-subset", part]).code == 1)
        }
    }

    @Test("a lost pack is found; repairing index and snapshots mends it")
    func lostPack() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make()
        let pack = try bench.largestPack()
        try FileManager.default.removeItem(atPath: pack.path)
        #expect(try check(bench).errorCount == 1)
        let refused = try bench.velero(["prune"])
        #expect(refused.code == 1 && refused.errorText.contains("repair index"), "\(refused.errorText)")
        let repaired = try bench.velero(["repair", "index"])
        #expect(repaired.code == 0 && repaired.errorText.contains(pack.id), "\(repaired.errorText)")
        #expect(try check(bench).errorCount > 0)
        try repairSnapshots(bench)
    }

    @Test("a flipped byte is found by reading; repairing packs and snapshots mends it")
    func flippedByte() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make()
        let pack = try bench.largestPack()
        try bench.damage(pack.path) { $0[100] ^= 0x10 }
        #expect(try check(bench).errorCount == 0)
        #expect(try check(bench, ["--read-data"]).brokenPacks == [pack.id])
        let repaired = try bench.velero(["repair", "packs", pack.id])
        #expect(repaired.code == 0, "\(repaired.errorText)")
        #expect(FileManager.default.fileExists(atPath: bench.root + "/pack-" + pack.id))
        try repairSnapshots(bench)
        #expect(try bench.velero(["repair", "packs", "abc"]).code == 1)
    }

    @Test("a shortened pack is found without reading it")
    func shortenedPack() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make()
        let pack = try bench.largestPack()
        try bench.damage(pack.path) { $0.removeLast(10) }
        #expect(try check(bench).brokenPacks == [pack.id])
        #expect(try bench.velero(["repair", "packs", pack.id]).code == 0)
        try bench.expectSound()
    }

    @Test("a shortened index file is found; repairing the index mends it without loss")
    func shortenedIndex() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make(snapshotCount: 1)
        let index = try #require(try bench.indexFiles().first)
        try bench.damage(index) { $0 = $0.prefix(100) }
        let summary = try check(bench)
        #expect(summary.suggestsRepairIndex && summary.errorCount == 1)
        let repaired = try bench.velero(["repair", "index"])
        #expect(repaired.code == 0, "\(repaired.errorText)")
        try bench.expectSound()
        #expect(try bench.velero(["repair", "index", "--read-all-packs"]).code == 0)
        try bench.expectSound()
    }

    @Test("an index that is gone altogether is made anew")
    func lostIndex() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make(snapshotCount: 2)
        for index in try bench.indexFiles() { try FileManager.default.removeItem(atPath: index) }
        let snapshots = try bench.snapshotIDs()
        #expect(try bench.velero(["check"]).errorText.contains("`repair index`"))
        let hasty = try bench.velero(["repair", "snapshots", "--forget"])
        #expect(hasty.code == 1 && hasty.errorText.contains("repair index"), "\(hasty.errorText)")
        #expect(try bench.snapshotIDs() == snapshots)
        #expect(try bench.velero(["repair", "index"]).code == 0)
        try bench.expectSound()
    }

    @Test("packs of an interrupted run are a hint for prune, not an error")
    func orphanedPacks() throws {
        let bench = try MaintenanceBench(.newest)
        try bench.make(snapshotCount: 1)
        let (snapshots, indexes) = (try bench.snapshotIDs(), try bench.indexFiles())
        try bench.write(Array("interrupted".utf8), to: "new")
        try bench.restic.run(repository: bench.repository, ["backup", "-q", "src"], directory: bench.root)
        for id in try bench.snapshotIDs() where !snapshots.contains(id) {
            try FileManager.default.removeItem(atPath: "\(bench.repository)/snapshots/\(id)")
        }
        for path in try bench.indexFiles() where !indexes.contains(path) {
            try FileManager.default.removeItem(atPath: path)
        }
        let summary = try check(bench)
        #expect(summary.errorCount == 0 && summary.suggestsPrune)
        #expect(try bench.velero(["prune"]).code == 0)
        #expect(try check(bench).suggestsPrune == false)
        try bench.expectSound()
    }
}

extension MaintenanceBench {
    func indexFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: repository + "/index").sorted()
            .map { "\(repository)/index/\($0)" }
    }
}
