// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ObjectStorage
import RepositoryEngine
import ResticFormat
import TestSupport
import Testing

@testable import VeleroCommands

/// A command that is killed, again and again, on copies of the same repository.
private struct Victim {
    let bench: Workbench
    /// The command, on the repository `victim`.
    let words: [String]
    /// What a restore of each snapshot that must survive gives.
    let survivors: [String: [String]]
    /// Fails unless the command, run to its end, has done all it is for.
    let expectDone: () throws -> Void

    private func start() throws -> RunningProgram {
        removeTree(bench.root + "/victim")
        try bench.clone("repo", to: "victim")
        return try RunningProgram(
            bench.velero.path,
            ["restic"] + bench.flags(for: "victim") + words,
            environment: bench.environment,
            directory: bench.root
        )
    }

    /// How long the command holds its lock when left alone.
    func duration() throws -> Duration {
        let program = try start()
        let repository = bench.root + "/victim"
        try KillPoint.locked.wait(in: repository, for: program, duration: .zero)
        let time = try ContinuousClock().measure {
            while program.isRunning, try !FolderWatch(repository: repository).locks().isEmpty {
                sched_yield()
            }
        }
        #expect(program.wait() == 0, "\(program.errorText)")
        try expectDone()
        return time
    }

    /// - Returns: Whether the command had not ended before the point was reached.
    func kill(at point: KillPoint, duration: Duration) throws -> Bool {
        let program = try start()
        let repository = bench.root + "/victim"
        try point.wait(in: repository, for: program, duration: duration)
        program.signal(SIGKILL)
        let wasKilled = program.wait() == SIGKILL
        // As it lies there, before anything of ours touches it.
        try bench.restic(["check", "--read-data", "--no-lock"], on: "victim")
        for (snapshot, content) in survivors {
            #expect(try bench.restored(snapshot, from: "victim", by: .restic, flags: ["--no-lock"]) == content)
        }
        let next = try bench.run(words, on: "victim")
        #expect(next.code == 0, "killed \(point): \(next.errorText)")
        #expect(try FolderWatch(repository: repository).locks().isEmpty, "killed \(point)")
        try bench.expectSound("victim")
        try expectDone()
        return wasKilled
    }

    /// Kills at every point in `points`, and at `momentCount` moments drawn from a seed.
    func killRepeatedly(_ points: [KillPoint], momentCount: Int, seed: UInt64) throws {
        let duration = try duration()
        var generator = SplitMixGenerator(seed: seed)
        let moments = (0..<momentCount).map { _ in KillPoint.moment(Double.random(in: 0.05..<0.98, using: &generator)) }
        var killCount = 0
        for point in points + moments {
            do {
                if try kill(at: point, duration: duration) { killCount += 1 }
            } catch {
                Issue.record("killed \(point), seed \(seed): \(error)")
            }
        }
        // A point may come too late when the machine is busy with something else, but hardly ever.
        #expect(killCount >= (points.count + momentCount) / 2, "seed \(seed)")
    }
}

@Suite("SIGKILL at any moment", .tags(.integration, .slow), .timeLimit(.minutes(10)))
struct KillTests {
    /// Printed with every failure.
    private static let seed: UInt64 = 20_260_727

    /// A repository with three snapshots of a volume, in packs small enough to be many.
    private func makeBench(snapshotCount: Int = 3) async throws -> (Workbench, [String: [String]]) {
        let bench = try Workbench(usesCache: false)
        let volume = SampleVolume(bench.source)
        try volume.make(seed: 7)
        try await bench.makeRepository()
        var content: [String: [String]] = [:]
        for number in 0..<snapshotCount {
            if number > 0 { try volume.change(seed: UInt64(number)) }
            _ = try bench.back(up: "repo", by: .velero)
            content[try #require(try bench.history(by: .velero).last?.id)] = try volume.describe()
        }
        return (bench, content)
    }

    @Test("backup: earlier snapshots stay, and the next run completes")
    func backup() async throws {
        let (bench, content) = try await makeBench(snapshotCount: 1)
        var generator = SplitMixGenerator(seed: 8)
        for number in 0..<6 { try bench.write(generator.bytes(4_000_000), to: "new \(number)") }
        let full = try SampleVolume(bench.source).describe()
        let victim = Victim(
            bench: bench,
            words: ["backup", "--host", "h", "--pack-size", "4", "src"],
            survivors: content
        ) { () throws in
            #expect(try bench.restored(from: "victim", by: .restic) == full)
        }
        try victim.killRepeatedly(
            [.locked] + [1, 4].map { .changed(folder: "data", count: $0) }
                + ["index", "snapshots"].map { .changed(folder: $0, count: 1) },
            momentCount: 3,
            seed: Self.seed
        )
    }

    @Test("backup goes on where a killed one stopped: what that one stored is not sent again")
    func resumedBackup() async throws {
        let (bench, _) = try await makeBench(snapshotCount: 1)
        var generator = SplitMixGenerator(seed: 8)
        for number in 0..<6 { try bench.write(generator.bytes(4_000_000), to: "new \(number)") }
        let words = ["backup", "--host", "h", "--pack-size", "4", "src"]
        let program = try RunningProgram(
            bench.velero.path,
            ["restic"] + bench.flags(for: "repo") + words,
            environment: bench.environment,
            directory: bench.root
        )
        let before = Set(try bench.packs().map(\.id))
        let indexes = try bench.indexFiles()
        while program.isRunning, Set(try bench.packs().map(\.id)).subtracting(before).count < 3 { sched_yield() }
        program.signal(SIGKILL)
        #expect(program.wait() == SIGKILL)
        try #require(try bench.indexFiles() == indexes, "killed before its packs were listed")
        let left = Set(try bench.packs().map(\.id)).subtracting(before)

        let next = try bench.run(words)
        #expect(next.code == 0, "\(next.errorText)")
        #expect(next.errorText.contains("which no longer runs on this host"))
        #expect(
            next.text.contains("going on from an interrupted backup") && next.text.contains("in \(left.count) packs")
        )
        let dry = try bench.run(["prune", "--max-unused", "unlimited", "--dry-run", "--json"])
        #expect(dry.text.contains(#""duplicate":0"#), "\(dry.text)")
        let unlisted = try bench.run(["check", "--json"])
        #expect(unlisted.text.contains(#""suggest_prune":false"#), "\(unlisted.text)")
        try bench.expectSound()
        #expect(try bench.restored(from: "repo", by: .restic) == SampleVolume(bench.source).describe())
        // Nobody died meanwhile: no reason to look again.
        #expect(try !bench.run(words).text.contains("interrupted"))
    }

    @Test("forget --prune: the snapshot that is kept stays, and the next run leaves nothing behind")
    func forgetAndPrune() async throws {
        let (bench, content) = try await makeBench()
        let kept = try #require(try bench.history(by: .velero).last?.id)
        let words = ["forget", "--keep-last", "1", "--prune", "--max-unused", "0", "--pack-size", "4"]
        let victim = Victim(bench: bench, words: words, survivors: content.filter { $0.key == kept }) { () throws in
            // When forget was done already, only prune is left to do; nobody's lock hinders it.
            #expect(try bench.run(["prune", "--max-unused", "0"], on: "victim").code == 0)
            #expect(try bench.history("victim", by: .velero).map(\.id) == [kept])
            try expectNothingUnused(bench)
        }
        try victim.killRepeatedly(
            [.changed(folder: "snapshots", count: 1)]
                + [1, 4].map { .changed(folder: "data", count: $0) }
                + [1, 2].map { .changed(folder: "index", count: $0) },
            momentCount: 3,
            seed: Self.seed
        )
    }

    @Test("prune of many small backups: all snapshots stay")
    func pruneManyBackups() async throws {
        let (bench, content) = try await makeBench(snapshotCount: 1)
        try await saveSmallSnapshots(40, in: bench)
        let ids = Set(try bench.history(by: .velero).map(\.id))
        // Half of them go, so that packs are dropped, repacked, and joined.
        let gone = ids.subtracting(content.keys).sorted().prefix(20)
        try bench.run(by: .velero, ["forget"] + gone)
        let words = ["prune", "--max-unused", "0"]
        let victim = Victim(bench: bench, words: words, survivors: content) { () throws in
            #expect(Set(try bench.history("victim", by: .velero).map(\.id)) == ids.subtracting(gone))
            try expectNothingUnused(bench)
        }
        try victim.killRepeatedly(
            [1, 10, 40].map { .changed(folder: "data", count: $0) }
                + [1, 20].map { .changed(folder: "index", count: $0) },
            momentCount: 3,
            seed: Self.seed
        )
    }

    @Test("copy: the destination lists only whole snapshots, and the next run copies the rest")
    func copy() async throws {
        let (bench, content) = try await makeBench(snapshotCount: 1)
        try await bench.makeRepository("source", version: 1)
        var generator = SplitMixGenerator(seed: 9)
        for number in 0..<3 {
            try bench.write(generator.bytes(6_000_000), to: "new \(number)")
            _ = try bench.back(up: "source", by: .velero)
        }
        let full = try SampleVolume(bench.source).describe()
        let words = ["copy", "--from-repo", bench.location("source"), "--pack-size", "4"]
        let victim = Victim(bench: bench, words: words, survivors: content) { () throws in
            #expect(try bench.history("victim", by: .velero).count == 4)
            #expect(try bench.restored(from: "victim", by: .restic) == full)
            // A dead copier's lock on the source is taken over as well.
            #expect(try FolderWatch(repository: bench.location("source")).locks().isEmpty)
        }
        try victim.killRepeatedly(
            [1, 4].map { .changed(folder: "data", count: $0) }
                + [2].map { .changed(folder: "snapshots", count: $0) } + [.changed(folder: "index", count: 3)],
            momentCount: 3,
            seed: Self.seed
        )
    }

    private func expectNothingUnused(_ bench: Workbench) throws {
        let dry = try bench.run(["prune", "--max-unused", "0", "--dry-run", "--json"], on: "victim")
        #expect(dry.text.contains(#""remove_total":0"#), "\(dry.text)\(dry.errorText)")
    }

    /// Snapshots in packs and index files of their own, as many short backups leave them.
    private func saveSmallSnapshots(_ count: Int, in bench: Workbench) async throws {
        let directory = bench.root + "/small"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let repository = try await Repository.open(
            on: DirectoryStorage(root: bench.repository),
            password: RepositoryPassword(Workbench.password)
        )
        var generator = SplitMixGenerator(seed: 10)
        for number in 0..<count {
            try Data(generator.bytes(20_000)).write(to: URL(fileURLWithPath: "\(directory)/\(number % 5)"))
            let request = BackupRequest(
                source: .paths([Array(directory.utf8)], workingDirectory: Array("/".utf8)),
                time: Timestamp(seconds: 1_600_000_000 + Int64(number)),
                hostname: "h"
            )
            _ = try await Backup(repository).run(request)
        }
    }
}
